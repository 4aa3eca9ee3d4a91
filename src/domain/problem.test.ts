import t from 'tap'
import { PROBLEM_CODES, Problem } from './problem.ts'

t.test('a refusal carries its code, its sentence, the culprits and the cause', async (t) => {
  const cause = new Error('disk full')
  const problem = new Problem('publish-pending', 'Later.', { location: '/users/ada' }, { cause })
  t.ok(problem instanceof Error)
  t.match(problem, {
    name: 'Problem',
    code: 'publish-pending',
    message: 'Later.',
    extras: { location: '/users/ada' },
    cause,
  })
  t.same(new Problem('internal', 'Oops.').extras, {})
})

t.test('the catalogue names each situation once, in words that fit a path', async (t) => {
  t.equal(new Set(PROBLEM_CODES).size, PROBLEM_CODES.length)
  for (const code of PROBLEM_CODES) t.match(code, /^[a-z]+(-[a-z]+)*$/)
})

import t from 'tap'
import { fine, note, orFine, problem, reasonOf, warning } from './finding.ts'

t.test('a finding has a level, a code, what is so, and what to do', async (t) => {
  t.same(problem('x-gone', 'x is gone', 'put it back'), {
    level: 'problem',
    code: 'x-gone',
    detail: 'x is gone',
    remedy: 'put it back',
  })
  t.equal(warning('a', 'b', 'c').level, 'warning')
  t.equal(note('a', 'b', 'c').level, 'note')
})

t.test('what is right is said when nothing else is', async (t) => {
  const findings = [note('a', 'b', 'c')]
  t.same(orFine(findings, 'x', 'x is there'), findings)
  t.same(orFine([], 'x', 'x is there'), [fine('x', 'x is there')])
})

t.test('a reason is the error’s own words', async (t) => {
  t.equal(reasonOf(new Error('no room')), 'no room')
  t.equal(reasonOf('no room'), 'no room')
})

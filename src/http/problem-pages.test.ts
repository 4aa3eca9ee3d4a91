import t from 'tap'
import { PROBLEM_CODES } from '../domain/problem.ts'
import { askAs, openTestApp } from '../testing/test-unit.ts'
import { PROBLEMS } from './problems.ts'

t.test('the type of every problem leads to a page that is open to everybody', async (t) => {
  const { api } = await openTestApp(t)
  const ask = askAs(api, undefined)
  for (const code of PROBLEM_CODES) {
    const { status, body } = await ask('GET', `/problems/${code}`)
    t.equal(status, 200, code)
    t.strictSame(body, { type: `/problems/${code}`, ...PROBLEMS[code] })
  }
})

t.test('a code that is none is refused, with those there are', async (t) => {
  const { ask } = await openTestApp(t)
  for (const code of ['nothing', '', 'Internal', 'constructor', '__proto__', 'internal%0a', '%2e%2e%2fusers']) {
    const { status, body } = await ask('GET', `/problems/${code}`)
    t.equal(status, 404, code)
    t.match(body, { type: '/problems/not-found', detail: /^There is no such problem; there are bad-request, / })
  }
  t.match((await ask('GET', `/problems/${'a'.repeat(65)}`)).body, { type: '/problems/bad-request', status: 400 })
})

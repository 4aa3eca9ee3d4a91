import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { collectFaults } from './faults.ts'

const refuse = (message: string) => () => {
  throw new Problem('user-unknown', message, { user: 'ada' })
}

t.test('what is right comes back, and without faults nothing is refused', async (t) => {
  const faults = collectFaults()
  t.equal(
    faults.at('/a', () => 1),
    1,
  )
  t.doesNotThrow(faults.refuse)
})

t.test('all faults are told by their places, the first in words', async (t) => {
  const faults = collectFaults()
  t.equal(faults.at('/a', refuse('no a')), undefined)
  t.throws(faults.refuse, { code: 'user-unknown', message: /^\/a: no a$/, extras: { user: 'ada' } })
  for (let n = 0; n < 60; n++) faults.at(`/${n}`, refuse(`no ${n}`))
  t.throws(faults.refuse, { message: '/a: no a (and 60 more faults)', extras: { errors: { length: 50 } } })
})

t.test('a bug is none of them', async (t) => {
  t.throws(() => collectFaults().at('/a', () => JSON.parse('{')), SyntaxError)
})

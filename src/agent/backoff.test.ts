import t from 'tap'
import { Backoff } from './backoff.ts'

t.test('waits are doubled up to the most, and begin again', async (t) => {
  const backoff = new Backoff(100, 500)
  t.same([backoff.next(), backoff.next(), backoff.next(), backoff.next(), backoff.next()], [100, 200, 400, 500, 500])
  backoff.reset()
  t.equal(backoff.next(), 100)
})

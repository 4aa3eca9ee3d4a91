import t from 'tap'
import { ByteCounts } from './byte-counts.ts'

t.test('each is told of no more often than was asked', async (t) => {
  const counts = new ByteCounts(30)
  t.same(
    [0, 10, 20, 30, 40, 59, 60].map((at) => counts.isDue(1, at * 1000)),
    [true, false, false, true, false, false, true],
  )
  t.equal(counts.isDue(2, 60_000), true)
})

t.test('0 is never', async (t) => {
  t.equal(new ByteCounts(0).isDue(1, 0), false)
})

import t from 'tap'
import { toSeconds } from './seconds.ts'

t.test('a time is kept in whole seconds, cut off', async (t) => {
  t.equal(toSeconds(new Date('2026-03-01T12:00:00.999Z')), 1_772_366_400)
  t.equal(toSeconds(new Date(-1)), -1)
})

import t from 'tap'
import { createChangeLog } from './change-log.ts'

t.test('what was touched after a revision is known, each name once', async (t) => {
  const log = createChangeLog(10)
  log.record(11, ['a', 'b'])
  log.record(12, ['b', 'c'])
  t.same([...(log.since(10) ?? [])], ['a', 'b', 'c'])
  t.same([...(log.since(11) ?? [])], ['b', 'c'])
  t.same([...(log.since(12) ?? [])], [])
})

t.test('what was before the log is not known', async (t) => {
  const log = createChangeLog(10)
  t.equal(log.since(9), undefined)
  log.record(11, ['a'])
  log.reset(11)
  t.equal(log.since(10), undefined)
  t.same([...(log.since(11) ?? [])], [])
})

t.test('it holds no more names than it may, and knows what it forgot', async (t) => {
  const log = createChangeLog(0, 3)
  log.record(1, ['a', 'b'])
  log.record(2, ['c', 'd'])
  t.equal(log.since(0), undefined)
  t.same([...(log.since(1) ?? [])], ['c', 'd'])
  log.record(3, ['e', 'f', 'g', 'h'])
  t.equal(log.since(2), undefined, 'a change larger than the log is not half known')
  t.same([...(log.since(3) ?? [])], [])
})

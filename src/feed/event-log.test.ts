import t from 'tap'
import { createEventLog, type Numbered } from './event-log.ts'

const event = (type: string) => ({ type, at: '2026-03-01T12:00:00Z' })
const numbers = (events: readonly Numbered[]) => events.map(({ number }) => number)

t.test('listeners hear what comes, until they stop', async (t) => {
  const log = createEventLog()
  const heard: string[] = []
  const stop = log.subscribe(({ number, event: { type } }) => heard.push(`${number} ${type}`))
  log.add(event('one'))
  log.add(event('two'))
  stop()
  log.add(event('three'))
  t.same(heard, ['1 one', '2 two'])
})

t.test('who was away is told what is still held', async (t) => {
  const log = createEventLog(3)
  for (let count = 0; count < 20; count++) log.add(event('one'))
  t.same(numbers(log.since(0)), [18, 19, 20])
  t.same(numbers(log.since(19)), [20])
  t.same(numbers(log.since(20)), [])
})

t.test('each is counted by its type, however long ago it was', async (t) => {
  const log = createEventLog(1)
  t.same(log.counts(), {})
  for (const type of ['one', 'two', 'one', 'one']) log.add(event(type))
  t.same(log.counts(), { one: 3, two: 1 })
})

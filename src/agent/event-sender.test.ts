import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { EventBatch } from '../domain/agent-feed.ts'
import type { Reply } from './api-channel.ts'
import { EventSender } from './event-sender.ts'
import { Outbox } from './outbox.ts'
import { Spool } from './spool.ts'
import { ended } from './testing/events.ts'
import { FakeChannel } from './testing/fake-channel.ts'
import { fakeLog } from './testing/fake-host.ts'
import { until } from './testing/until.ts'

function make(t: Test, answer: (batch: EventBatch) => Reply, most?: number) {
  const outbox = new Outbox(most)
  const path = join(t.testdir(), 'events.jsonl')
  const spool = new Spool(path, outbox, t.fail)
  const log = fakeLog()
  const channel = new FakeChannel(({ body }) => answer(body as EventBatch))
  const sender = new EventSender({ channel, host: 'vpn1', log, outbox, spool })
  const batches = () => channel.asked.map(({ body }) => (body as EventBatch).events.length)
  return { outbox, sender, channel, log, path, batches }
}

const taken = ({ first, events }: EventBatch): Reply => ({ status: 200, body: { next: first + events.length } })

t.test('events that come together go together, an urgent one at once', async (t) => {
  const { outbox, sender, batches } = make(t, taken)
  for (let cid = 0; cid < 3; cid++) {
    outbox.push(ended(cid))
    sender.wake()
  }
  t.same(batches(), [])
  await pause(200)
  t.same(batches(), [3])
  outbox.push(ended(4))
  sender.wake(true)
  t.same(batches(), [3, 1])
  await sender.stop()
  t.equal(outbox.size, 0)
})

t.test('what a service that is away does not take is in the file, and goes when it is back', async (t) => {
  let isAway = true
  const { outbox, sender, path, batches } = make(t, (batch) => {
    if (isAway) throw new Error('ECONNREFUSED')
    return taken(batch)
  })
  outbox.push(ended(0))
  sender.wake(true)
  await pause(50)
  t.match(readFileSync(path, 'utf8'), /session-ended/)
  outbox.push(ended(1))
  sender.wake()
  isAway = false
  await pause(500)
  t.same(batches(), [1, 2])
  t.equal(readFileSync(path, 'utf8'), '')
  await sender.stop()
})

t.test('at the end everything is sent or in the file', async (t) => {
  const { outbox, sender, path } = make(t, () => ({ status: 503, body: undefined }))
  outbox.push(ended(0))
  sender.wake()
  await sender.stop()
  t.match(readFileSync(path, 'utf8'), /session-ended/)
  sender.wake(true)
  t.equal(outbox.size, 1)
})

t.test('an event that is refused holds up no other', async (t) => {
  const { outbox, sender, log } = make(t, (batch) => {
    const isWrong = batch.events.some((event) => 'cid' in event && event.cid === 5)
    return isWrong ? { status: 400, body: { detail: '/events/0/cid is wrong' } } : taken(batch)
  })
  for (let cid = 0; cid < 9; cid++) outbox.push(ended(cid))
  sender.wake(true)
  await until('all others are taken', () => outbox.size === 0)
  t.equal(outbox.size, 0)
  t.same(log.said, ['the service refuses an event, which is given up'])
  await sender.stop()
})

t.test('what is refused for another reason is kept', async (t) => {
  const { outbox, sender } = make(t, () => ({ status: 400, body: { detail: '/host is wrong' } }))
  outbox.push(ended(0))
  sender.wake(true)
  await pause(50)
  t.equal(outbox.size, 1)
  await sender.stop()
})

t.test('events that had to be dropped are counted', async (t) => {
  const { outbox, sender, log } = make(t, () => ({ status: 503, body: undefined }), 10)
  for (let cid = 0; cid < 12; cid++) outbox.push(ended(cid))
  sender.wake(true)
  await pause(50)
  t.same(log.said, ['events were dropped: the service is away for too long'])
  await sender.stop()
})

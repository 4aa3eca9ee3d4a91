import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Outbox } from './outbox.ts'
import { Spool } from './spool.ts'
import { batchOf, ended } from './testing/events.ts'

t.test('what the service has not taken is there after a restart', async (t) => {
  const path = join(t.testdir(), 'agent', 'events.jsonl')
  const outbox = new Outbox()
  const spool = new Spool(path, outbox, t.fail)
  spool.read()
  outbox.push(ended(0))
  await spool.keep()
  outbox.push(ended(1))
  await spool.keep()
  await spool.keep()
  t.equal(readFileSync(path, 'utf8').split('\n').length, 3, 'each is written once')
  appendFileSync(path, '{"type":"session-en')

  const next = new Outbox()
  const again = new Spool(path, next, t.fail)
  again.read()
  t.same(next.from(0), [ended(0), ended(1)])
  next.push(ended(2))
  await again.keep()
  const third = new Outbox()
  new Spool(path, third, t.fail).read()
  t.same(third.from(0), [ended(0), ended(1), ended(2)], 'the cut line spoilt none')
})

t.test('the file is emptied when everything was taken', async (t) => {
  const path = join(t.testdir(), 'events.jsonl')
  const outbox = new Outbox()
  const spool = new Spool(path, outbox, t.fail)
  outbox.push(ended(0))
  outbox.push(ended(1))
  await spool.keep()
  const take = (most: number) => {
    const batch = batchOf(outbox, most)
    spool.taken(outbox.taken(batch, batch.first + batch.events.length))
  }
  take(1)
  outbox.push(ended(2))
  await spool.keep()
  t.equal(readFileSync(path, 'utf8').split('\n').length, 4)
  take(2)
  await spool.keep()
  t.equal(readFileSync(path, 'utf8'), '')
  outbox.push(ended(3))
  await spool.rewrite()
  t.match(readFileSync(path, 'utf8'), /"cid":3/)
})

t.test('a file that cannot be written is said, and nothing is lost', async (t) => {
  const path = join(t.testdir(), 'events.jsonl')
  mkdirSync(path)
  const said: string[] = []
  const outbox = new Outbox()
  const spool = new Spool(path, outbox, (words) => said.push(words))
  spool.read()
  outbox.push(ended(0))
  await spool.keep()
  t.match(said, [/events.jsonl can't be written/])
  t.equal(outbox.size, 1)
})

t.test('many are written in parts, also while some are taken', async (t) => {
  const path = join(t.testdir(), 'events.jsonl')
  const outbox = new Outbox()
  const spool = new Spool(path, outbox, t.fail)
  for (let cid = 0; cid < 5000; cid++) outbox.push(ended(cid))
  const kept = spool.keep()
  const batch = batchOf(outbox, 1000)
  spool.taken(outbox.taken(batch, 501))
  outbox.push(ended(5000))
  await kept
  await spool.keep()
  const next = new Outbox()
  new Spool(path, next, t.fail).read()
  const cids = new Set(next.from(0).map((event) => ('cid' in event ? event.cid : -1)))
  t.ok(
    outbox.from(0).every((event) => 'cid' in event && cids.has(event.cid)),
    'what is left is in the file',
  )
})

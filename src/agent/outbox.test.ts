import t from 'tap'
import { Outbox } from './outbox.ts'
import { batchOf, ended, traffic } from './testing/events.ts'

t.test('events are numbered, and leave when they are taken', async (t) => {
  const outbox = new Outbox()
  t.equal(outbox.batch('vpn1', 10), undefined)
  for (let cid = 0; cid < 5; cid++) outbox.push(ended(cid))
  const batch = batchOf(outbox, 3)
  t.match(batch, { host: 'vpn1', first: 1, events: [ended(0), ended(1), ended(2)] })
  t.same(outbox.batch('vpn1', 3), batch, 'the same until it is taken')
  t.equal(outbox.taken(batch, 3), 2, 'some of them')
  t.equal(outbox.taken(batch, 4), 0, 'an old answer counts no more')
  t.match(outbox.batch('vpn1', 3), { outbox: batch.outbox, first: 3, events: [ended(2), ended(3), ended(4)] })
  t.equal(outbox.size, 3)
})

t.test('a service that has forgotten the numbers gets another outbox', async (t) => {
  for (const next of [-5, 0, 1, 99, Number.NaN, 1.5]) {
    const outbox = new Outbox()
    outbox.push(ended(0))
    const batch = batchOf(outbox, 3)
    t.equal(outbox.taken(batch, next), 0)
    const again = batchOf(outbox, 3)
    t.not(again.outbox, batch.outbox)
    t.same([again.first, again.events], [1, [ended(0)]])
  }
})

t.test('an event that is refused is given up alone', async (t) => {
  const outbox = new Outbox()
  outbox.push(ended(0))
  outbox.push(ended(1))
  t.same(outbox.skip(), ended(0))
  t.match(outbox.batch('vpn1', 3), { first: 1, events: [ended(1)] })
})

t.test('of the traffic of one session in one hour the last is kept, unless it was sent', async (t) => {
  const outbox = new Outbox()
  for (const bytes of [1, 2, 3]) outbox.push(traffic(0, bytes))
  outbox.push(traffic(1, 9))
  outbox.push(traffic(0, 4, '2026-11-21T12:00:00Z'))
  const batch = batchOf(outbox, 10)
  t.same(batch.events, [traffic(0, 3), traffic(1, 9), traffic(0, 4, '2026-11-21T12:00:00Z')])
  outbox.push(traffic(0, 5, '2026-11-21T12:00:00Z'))
  t.same(batch.events[2], traffic(0, 4, '2026-11-21T12:00:00Z'), 'what was sent stays as it was')
  t.equal(outbox.size, 4)
})

t.test('when there are too many, the oldest traffic goes first, and it is counted', async (t) => {
  const outbox = new Outbox(10)
  for (let cid = 0; cid < 6; cid++) outbox.push(traffic(cid, 1))
  for (let cid = 0; cid < 5; cid++) outbox.push(ended(cid))
  t.same(outbox.takeLost(), 2)
  t.same(outbox.from(0).slice(0, 5), [traffic(2, 1), traffic(3, 1), traffic(4, 1), traffic(5, 1), ended(0)])
  for (let cid = 5; cid < 20; cid++) outbox.push(ended(cid))
  t.ok(outbox.size <= 10)
  t.same(outbox.from(0).at(-1), ended(19))
  t.equal(outbox.takeLost() + outbox.size, 24)
  t.equal(outbox.takeLost(), 0)
})

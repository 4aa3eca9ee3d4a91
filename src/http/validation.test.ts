import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

type Refused = { detail: string; errors: { field: string }[] }

t.test('of a body that is not large every fault is told', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, body } = await ask('POST', '/users', [{ name: 1 }, { name: 'ada', x: 1 }, {}])
  t.equal(status, 400)
  t.same((body as Refused).errors.map(({ field }) => field).sort(), ['/0/name', '/1/x', '/2/name'])
})

t.test('a list that is too long is refused for that, and its items are not gone through', async (t) => {
  const { ask, unit } = await openTestApp(t)
  const events = new Array(1_000_000).fill(0)
  const batch = { host: 'vpn1', outbox: '0'.repeat(16), first: 0, events }
  const before = process.memoryUsage().heapUsed
  const { status, body } = await ask('POST', '/agent/events', batch)
  t.match({ status, body }, { status: 400, body: { errors: [{ field: '/events' }] } })
  t.equal((body as Refused).errors.length, 1)
  t.ok(process.memoryUsage().heapUsed - before < 500_000_000, 'three kilobytes an item would be six times that')
  t.equal(unit.store.hosts.names().length, 0)
})

t.test('however deep it is', async (t) => {
  const { ask } = await openTestApp(t)
  const cids = new Array(300_000).fill('')
  const event = { type: 'sessions-present', at: '2026-03-01T12:00:00Z', instance: 0, generation: '1.1', cids }
  const batch = { host: 'vpn1', outbox: '0'.repeat(16), first: 0, events: [event] }
  const { status, body } = await ask('POST', '/agent/events', batch)
  t.equal(status, 400)
  t.ok((body as Refused).errors.length < 20)
})

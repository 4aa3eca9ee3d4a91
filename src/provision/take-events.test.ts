import t, { type Test } from 'tap'
import type { AgentEvent } from '../domain/agent-feed.ts'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { renewGateway } from './renew-gateway.ts'
import { takeEvents } from './take-events.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseFqdn('gw.example.org')
const KEY = { instance: 0, generation: '77.1', cid: 4 }
const WHERE = { gateway: NAME, serial: null, realAddress: '192.0.2.1:1194' }
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString()
const any = () => undefined

/** A unit with a gateway, and a host whose agent numbers its events itself. */
async function unitWithGateway(t: Test, env: Record<string, string> = {}) {
  const opened = await openTestUnit(t, env)
  const { unit } = opened
  await createUser(unit, CALLER, { name: parseUserName('ada') })
  const gateway = await createGateway(unit, CALLER, {
    name: NAME,
    user: parseUserName('ada'),
    key: { keyType: 'ec-p256' },
  })
  let next = 0
  const tell = async (...events: AgentEvent[]) => {
    next = await takeEvents(unit, { host: 'vpn1', outbox: 'a', first: next, events })
    return next
  }
  const heard: string[] = []
  unit.feed.events.subscribe(({ event }) => heard.push(event.type))
  return { ...opened, gateway, tell, heard }
}

const started = (more: object = {}): AgentEvent => ({ type: 'session-started', at: at(0), ...WHERE, ...KEY, ...more })

t.test('a session begins, grows, and ends with its last totals', async (t) => {
  const { unit, tell, heard } = await unitWithGateway(t)
  await tell(started())
  t.match(unit.store.sessions.listLive(), [{ host: 'vpn1', gateway: NAME, user: 'ada', number: 2, slot: 0, ...KEY }])
  await tell({ type: 'traffic', at: at(1), bytesIn: 100, bytesOut: 10, ...KEY })
  await tell({ type: 'session-ended', at: at(2), bytesIn: 150, bytesOut: 10, reason: 'left', ...KEY })
  t.match(unit.store.sessions.history(99, 1), [
    { bytesIn: 150, bytesOut: 10, endReason: 'left', endedAt: new Date(at(2)) },
  ])
  t.same(unit.store.traffic.list(NAME, '2026-03-01', '2026-03-01'), [{ day: '2026-03-01', bytesIn: 150, bytesOut: 10 }])
  t.same(heard, ['session-started', 'session-ended'])
})

t.test('a session that is said to begin some day begins in five minutes at the latest', async (t) => {
  const { unit, tell } = await unitWithGateway(t)
  await tell(started({ at: '9999-01-01T00:00:00Z' }))
  t.match(unit.store.sessions.listLive(), [{ startedAt: new Date(at(5)) }])
})

t.test('what is told twice counts once, whether it is numbered the same or anew', async (t) => {
  const { unit, heard } = await unitWithGateway(t)
  const events: AgentEvent[] = [started(), { type: 'traffic', at: at(1), bytesIn: 100, bytesOut: 10, ...KEY }]
  t.equal(await takeEvents(unit, { host: 'vpn1', outbox: 'a', first: 5, events }), 7)
  t.equal(await takeEvents(unit, { host: 'vpn1', outbox: 'a', first: 5, events }), 7)
  t.equal(await takeEvents(unit, { host: 'vpn1', outbox: 'a', first: 6, events: events.slice(1) }), 7)
  t.equal(await takeEvents(unit, { host: 'vpn1', outbox: 'b', first: 0, events }), 2)
  t.same(unit.store.traffic.list(NAME, '2026-03-01', '2026-03-01'), [{ day: '2026-03-01', bytesIn: 100, bytesOut: 10 }])
  t.same(heard, ['session-started'])
})

t.test('a total that is told late takes nothing away', async (t) => {
  const { unit, tell } = await unitWithGateway(t)
  await tell(started(), { type: 'traffic', at: at(1), bytesIn: 100, bytesOut: 10, ...KEY })
  await tell({ type: 'traffic', at: at(2), bytesIn: 50, bytesOut: 20, ...KEY })
  t.match(unit.store.sessions.listLive(), [{ bytesIn: 100, bytesOut: 20 }])
})

t.test('what an instance does not have any more ended unseen', async (t) => {
  const { unit, tell, heard } = await unitWithGateway(t)
  await tell(started({ cid: 1 }), started({ cid: 2 }), started({ cid: 3, instance: 1 }))
  await tell({ type: 'sessions-present', at: at(3), instance: 0, generation: '77.1', cids: [2] })
  t.same(
    unit.store.sessions
      .listLive()
      .map(({ cid }) => cid)
      .sort(),
    [2, 3],
  )
  t.match(unit.store.sessions.find({ host: 'vpn1', ...KEY, cid: 1 }), { endReason: 'ended unseen' })
  t.equal(heard.filter((type) => type === 'session-ended').length, 1)
})

t.test('refusals and repairs are told on', async (t) => {
  const { tell, heard } = await unitWithGateway(t)
  await tell({ type: 'refused', at: at(0), instance: 0, ...WHERE, reason: 'no such gateway' })
  await tell({ type: 'routes-repaired', at: at(0), count: 2 })
  t.same(heard, ['refused', 'routes-repaired'])
})

t.test('an event that makes no sense is left out, and those beside it are taken', async (t) => {
  const { unit, tell, logged } = await unitWithGateway(t)
  t.equal(
    await tell(started({ gateway: 'Not A Name' }), started({ gateway: 'gone.example.org', cid: 8 }), started()),
    3,
  )
  t.equal(unit.store.sessions.listLive().length, 1)
  t.match(logged.at(-1), { msg: 'an event is left out', host: 'vpn1' })
})

t.test('the first use of a new certificate retires the former one', async (t) => {
  const { unit, tell, gateway } = await unitWithGateway(t)
  unit.store.hosts.meet('vpn1', unit.now())
  const { gateway: renewed } = await renewGateway(unit, CALLER, NAME, { force: true, old: 'retire' }, any)
  t.match(unit.store.access.find(NAME, unit.now()), { retiring: [gateway.serial] })
  await tell(started({ serial: gateway.serial, cid: 1 }))
  t.match(unit.store.access.find(NAME, unit.now()), { serials: { length: 2 } }, 'the former one is good until then')
  await tell(started({ serial: renewed.serial, cid: 2 }))
  t.match(unit.store.access.find(NAME, unit.now()), { serials: [renewed.serial], retiring: [] })
  t.match(unit.publisher.readCrl(), { serials: [gateway.serial] })
  t.match(unit.store.audit.list(99, 1), [{ action: 'gateway.retire', actor: 'vpnunit' }])
})

t.test('an answer to an order reaches whoever waits for it, and only from this feed', async (t) => {
  const { unit, tell } = await unitWithGateway(t)
  await tell()
  const receipt = unit.feed.order('withdraw', [NAME], ['vpn1'])
  const instances = [{ instance: 0, found: 1, ended: 1, left: 0 }]
  await tell({ type: 'order-done', at: at(0), feed: '0'.repeat(16), order: 1, instances: [], notAsked: [] })
  await tell({ type: 'order-done', at: at(0), feed: unit.feed.id, order: 1, instances, notAsked: [] })
  t.same(await receipt, { instances: [{ host: 'vpn1', ...instances[0] }], notReached: [] })
})

for (const [choice, orders] of [
  ['replace', [{ number: 1, kind: 'withdraw', gateways: [NAME] }]],
  ['refuse', []],
] as const) {
  t.test(`with ${choice}, ${orders.length} older sessions of a gateway on another host are ended`, async (t) => {
    const { unit, tell } = await unitWithGateway(t, { VPNUNIT_SECOND_SESSION: choice })
    await tell(started())
    await takeEvents(unit, { host: 'vpn2', outbox: 'b', first: 0, events: [started({ at: at(1) })] })
    t.same(unit.feed.orders.since('vpn1', 0), orders)
    t.same(unit.feed.orders.since('vpn2', 0), [], 'the newest stays')
    unit.feed.orders.answer('vpn1', 1, { instances: [], notAsked: [] })
  })
}

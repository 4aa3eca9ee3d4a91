import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { FeedAnswer } from '../domain/agent-feed.ts'
import { askAs, openTestApp } from '../testing/test-unit.ts'

async function openWithGateway(t: Test) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  /** What vpn1 is told, from where it stands. */
  const state = async (from?: FeedAnswer, wait = 0) => {
    const known = from && `&feed=${from.feed}&since=${from.revision}&orders=${from.orders.at(-1)?.number ?? 0}`
    return (await app.ask('GET', `/agent/state?host=vpn1&wait=${wait}${known ?? ''}`)).body as FeedAnswer
  }
  return { ...app, state }
}

t.test('who knows nothing is told the whole, who stands somewhere the difference', async (t) => {
  const { ask, state } = await openWithGateway(t)
  const whole = await state()
  t.match(whole, {
    whole: true,
    revision: 4,
    site: { prefix: '2001:470:c844::/48', pushRoutes: ['2000::/3'], secondSession: 'replace' },
    gateways: [{ name: 'gw.example.org', user: 'ada', number: 2, slot: 0, disabled: false, serials: { length: 1 } }],
    removed: [],
    orders: [],
  })
  await ask('POST', '/gateways', { name: 'b.example.org', user: 'ada' })
  await ask('DELETE', '/gateway/gw.example.org')
  const difference = await state(whole)
  t.match(difference, { whole: false, revision: 6, removed: ['gw.example.org'] })
  t.same(
    difference.gateways.map(({ name }) => name),
    ['b.example.org'],
  )
  t.match(await state(difference), { whole: false, gateways: [], removed: [] })
  t.match(await state({ ...difference, feed: '0'.repeat(16) }), { whole: true })
})

t.test('what an agent must know is told by every change that touches it', async (t) => {
  const { ask, state } = await openWithGateway(t)
  let known = await state()
  const tellsOf = async (method: string, path: string, body?: object) => {
    t.ok([200, 201].includes((await ask(method, path, body)).status))
    known = await state(known)
    return known.gateways[0]
  }
  t.match(await tellsOf('PATCH', '/gateway/gw.example.org', { disabled: true }), { disabled: true })
  t.match(await tellsOf('PATCH', '/gateway/gw.example.org', { disabled: false }), { disabled: false })
  t.match(await tellsOf('PATCH', '/users/ada', { disabled: true }), { userDisabled: true })
  t.match(await tellsOf('POST', '/gateway/gw.example.org/renew', { force: true }), { serials: { length: 2 } })
  const revoked = await tellsOf('POST', '/gateway/gw.example.org/renew', { force: true, old: 'revoke' })
  t.match(revoked, { serials: { length: 1 } })
})

t.test('a question that waits is answered by the next change', async (t) => {
  const { ask, state } = await openWithGateway(t)
  const known = await state()
  const waiting = state(known, 50)
  await ask('PATCH', '/gateway/gw.example.org', { disabled: true })
  t.match(await waiting, { whole: false, gateways: [{ disabled: true }] })
})

t.test('an agent whose token goes while it waits is told nothing', async (t) => {
  const { api, ask, state } = await openWithGateway(t)
  const { token } = (await ask('POST', '/tokens', { name: 'vpn1', scope: 'agent:vpn1' })).body as { token: string }
  const { feed, revision } = await state()
  const question = `/agent/state?host=vpn1&feed=${feed}&since=${revision}&wait=50`
  const waiting = askAs(api, token)('GET', question)
  await ask('DELETE', '/tokens/vpn1')
  await ask('PATCH', '/gateway/gw.example.org', { disabled: true })
  t.match(await waiting, { status: 401, body: { title: /token/i } })
})

t.test('a removal is an order, and its answer the receipt', async (t) => {
  const { ask, state } = await openWithGateway(t)
  const known = await state()
  const removal = ask('DELETE', '/gateway/gw.example.org')
  const told = await state(known, 50)
  t.same(told.orders, [{ number: 1, kind: 'withdraw', gateways: ['gw.example.org'] }])
  t.same(told.removed, ['gw.example.org'], 'the order and the state come together')
  const instances = [{ instance: 0, found: 2, ended: 2, left: 0 }]
  const done = { type: 'order-done', at: '2026-03-01T12:00:00Z', feed: told.feed, order: 1, instances, notAsked: [] }
  const batch = { host: 'vpn1', outbox: '0'.repeat(16), first: 0, events: [done] }
  t.same((await ask('POST', '/agent/events', batch)).body, { next: 1 })
  t.match((await removal).body, {
    sessionsEnded: 2,
    instances: [{ host: 'vpn1', instance: 0, found: 2, ended: 2, left: 0 }],
    notReached: [],
    notice: /no session is left/,
  })
  t.same((await state(told)).orders, [])
})

t.test('a host that is away is named in the receipt', async (t) => {
  const { ask, unit } = await openWithGateway(t)
  unit.store.hosts.meet('vpn9', unit.now())
  const { body } = await ask('PATCH', '/gateway/gw.example.org', { disabled: true })
  t.match(body, { disabled: true, sessions: { sessionsEnded: 0, instances: [], notReached: ['vpn9'] } })
  t.match((await ask('DELETE', '/gateway/gw.example.org')).body, { notReached: ['vpn9'], notice: /vpn9/ })
})

t.test('a state is zipped for who takes that, and has a tag', async (t) => {
  const { api, ask, state } = await openWithGateway(t)
  await ask(
    'POST',
    '/gateways',
    Array.from({ length: 15 }, (_, n) => ({ name: `g${n}.example.org`, user: 'ada' })),
  )
  const whole = await state()
  const { headers, rawPayload } = await api.inject({
    url: '/agent/state?host=vpn1',
    headers: { authorization: 'Bearer the-token-of-the-tests', 'accept-encoding': 'br, gzip' },
  })
  t.match(headers, { 'content-encoding': 'gzip', vary: 'accept-encoding', etag: `"${whole.feed}.${whole.revision}.0"` })
  t.same(JSON.parse(gunzipSync(rawPayload).toString()), whole)
  const known = { 'if-none-match': String(headers.etag) }
  t.match(await ask('GET', '/agent/state?host=vpn1', undefined, known), { status: 304, text: '' })
})

t.test('times that no clock shows are refused, by their place', async (t) => {
  const { ask } = await openWithGateway(t)
  const event = (at: string) => ({ type: 'routes-repaired', at, count: 1 })
  const events = [event('2026-03-01T12:00:00Z'), event('2026-12-31T23:59:60Z')]
  const { status, body } = await ask('POST', '/agent/events', {
    host: 'vpn1',
    outbox: '0'.repeat(16),
    first: 0,
    events,
  })
  t.equal(status, 400)
  t.match(body, { errors: [{ field: '/events/1/at' }] })
})

import t, { type Test } from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

const KEY = { instance: 0, generation: '77.1' }
const at = (minute: number) => `2026-03-01T12:0${minute}:00Z`

/** Two gateways; the first connected at vpn1, and the second was. */
async function openWithSessions(t: Test) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  for (const name of ['a.example.org', 'b.example.org']) await app.ask('POST', '/gateways', { name, user: 'ada' })
  const start = (gateway: string, cid: number) => ({
    type: 'session-started',
    at: at(cid),
    gateway,
    serial: null,
    realAddress: `192.0.2.${cid}:1194`,
    ...KEY,
    cid,
  })
  const events = [
    start('a.example.org', 1),
    start('b.example.org', 2),
    { type: 'traffic', at: at(3), bytesIn: 1000, bytesOut: 10, ...KEY, cid: 1 },
    { type: 'session-ended', at: at(4), bytesIn: 5, bytesOut: 6, reason: 'left', ...KEY, cid: 2 },
  ]
  await app.ask('POST', '/agent/events', { host: 'vpn1', outbox: '0'.repeat(16), first: 0, events })
  return app
}

t.test('live sessions are listed with where they come from and what they carried', async (t) => {
  const { ask } = await openWithSessions(t)
  t.strictSame((await ask('GET', '/sessions')).body, [
    {
      gateway: 'a.example.org',
      user: 'ada',
      prefix: '2001:470:c844:200::/60',
      address: '2001:470:c844:20f::1',
      host: 'vpn1',
      instance: 0,
      realAddress: '192.0.2.1:1194',
      serial: null,
      since: at(1),
      bytesIn: 1000,
      bytesOut: 10,
      groups: [],
    },
  ])
})

t.test('with its groups, and the rules that hold for it where they are asked for', async (t) => {
  const { ask } = await openWithSessions(t)
  const rule = { action: 'allow', direction: 'from', peer: 'host', protocol: 'any' }
  await ask('PUT', '/policy', { default: 'open', groups: { ops: { members: ['user:ada'], rules: [rule] }, dev: {} } })
  const [plain] = (await ask('GET', '/sessions')).body as Record<string, unknown>[]
  t.match(plain, { groups: ['ops'] })
  t.notOk('rules' in (plain ?? {}))
  const rules = [{ group: 'ops', position: 1, via: ['user:ada'], ...rule }]
  t.match((await ask('GET', '/sessions?rules=true')).body, [{ gateway: 'a.example.org', groups: ['ops'], rules }])
})

t.test('a gateway shows its session, or when it was last seen', async (t) => {
  const { ask } = await openWithSessions(t)
  const session = { host: 'vpn1', instance: 0, realAddress: '192.0.2.1:1194', since: at(1) }
  t.match((await ask('GET', '/gateway/a.example.org')).body, { session, lastSeenAt: null })
  t.match((await ask('GET', '/gateway/b.example.org')).body, { session: null, lastSeenAt: at(4) })
})

t.test('the tag of a gateway changes with its session, and a prepared change goes through all the same', async (t) => {
  const { ask } = await openWithSessions(t)
  const { headers } = await ask('GET', '/gateway/a.example.org')
  const etag = String(headers.etag)
  const events = [{ type: 'session-ended', at: at(5), bytesIn: 0, bytesOut: 0, reason: 'left', ...KEY, cid: 1 }]
  await ask('POST', '/agent/events', { host: 'vpn1', outbox: '0'.repeat(16), first: 4, events })
  t.equal((await ask('GET', '/gateway/a.example.org', undefined, { 'if-none-match': etag })).status, 200)
  const change = { disabled: true }
  t.equal((await ask('PATCH', '/gateway/a.example.org', change, { 'if-match': etag })).status, 200)
  t.equal((await ask('PATCH', '/gateway/a.example.org', change, { 'if-match': etag })).status, 412)
})

t.test('the history tells who was connected, and goes on where a page ended', async (t) => {
  const { ask } = await openWithSessions(t)
  const { body } = await ask('GET', '/sessions/history')
  t.match(body, [
    { id: 2, gateway: 'b.example.org', until: at(4), reason: 'left', bytesIn: 5, bytesOut: 6 },
    { id: 1, gateway: 'a.example.org', until: null, reason: null },
  ])
  const page = await ask('GET', '/sessions/history?limit=1')
  t.equal(page.headers.link, '</sessions/history?limit=1&after=2>; rel="next"')
  t.match((await ask('GET', '/sessions/history?limit=1&after=2')).body, [{ id: 1 }])
  t.match((await ask('GET', '/sessions/history?gateway=a.example.org')).body, { length: 1 })
})

t.test('of a gateway that is gone there is a history, of one that never was there is none', async (t) => {
  const { ask } = await openWithSessions(t)
  await ask('DELETE', '/gateway/b.example.org')
  t.match((await ask('GET', '/sessions/history?gateway=b.example.org')).body, [{ id: 2 }])
  t.match((await ask('GET', '/sessions/history?gateway=c.example.org')).body, { type: '/problems/gateway-unknown' })
  t.match((await ask('GET', '/sessions/history?after=x')).body, { type: '/problems/bad-request' })
})

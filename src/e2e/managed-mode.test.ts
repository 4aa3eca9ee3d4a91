import t from 'tap'
import { ManagedHost } from './lab/managed-host.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { isReached, isRefusedAtOnce, OUTSIDE, ping } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'
import { until } from './lab/until.ts'

const A = 'a.ada.example.org'
const B = 'b.bob.example.org'
const SOON_MS = 20_000

/** A renegotiation, from either side. */
const RENEGOTIATED = /Control Channel: TLS/

const skip = reasonToSkip('openvpn', 'ping') ?? false

t.setTimeout(240_000)

/** Two users with a gateway each, connected: a over IPv4, b over IPv6. */
async function makePair(owner: Owner, more = '') {
  const vpn = await ManagedHost.make(owner)
  const [bodyA, bodyB] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway(B, 'bob')]
  const [a, b] = await Promise.all([vpn.connectSite(4, bodyA, more), vpn.connectSite(6, bodyB, more)])
  const routes = { a: `${bodyA.prefix} tun0`, b: `${bodyB.prefix} tun0` }
  return { vpn, a, b, bodyA, bodyB, routes }
}

type Pair = Awaited<ReturnType<typeof makePair>>

async function everybodyIsReached({ vpn, a, b }: Pair): Promise<void> {
  await ping(a.host, b.hostAddress)
  await ping(b.host, a.hostAddress)
  await ping(vpn.topology.outside, a.hostAddress)
  await ping(a.host, OUTSIDE)
}

/** What a gateway that is gone is told at its next handshake. */
const isRefused = (reason: string) => new RegExp(`AUTH_FAILED,${reason}`)

t.test('gateways connect, routes appear, and the LANs reach each other', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, a, bodyA, routes } = pair
  await vpn.routesAre(routes.a, routes.b)
  await everybodyIsReached(pair)
  await isRefusedAtOnce(vpn.topology.outside, '2001:470:c844:400::10')
  t.match(await vpn.sessions(), [
    { gateway: A, user: 'ada', host: 'vpn1', instance: 0, serial: bodyA.certificate.serial, address: bodyA.address },
    { gateway: B, user: 'bob', host: 'vpn1', instance: 0 },
  ])
  t.match(await vpn.ask('GET', `/gateway/${A}`), { session: { host: 'vpn1', instance: 0, realAddress: /:\d+$/ } })
  t.match(await vpn.ask('GET', '/status'), { mode: 'managed', hosts: [{ name: 'vpn1', behind: 0 }] })

  await until('bytes are counted', SOON_MS, async () => (await vpn.sessions()).every(({ bytesIn }) => bytesIn > 0))
  t.match(await vpn.ask('GET', `/gateway/${A}/traffic`), [{ day: /^\d{4}-\d\d-\d\d$/, bytesIn: Number }])
  const from = a.client.output.length
  t.match(await vpn.disconnect(A), { sessionsEnded: 1, notReached: [] })
  await waitUntilUp(a.client, from)
  await ping(vpn.topology.outside, a.hostAddress)
})

t.test('a gateway that is deleted is cut off before the answer, and stays out', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, a, routes } = pair
  await everybodyIsReached(pair)
  const receipt = await vpn.ask('DELETE', `/gateway/${A}`)
  t.match(receipt, {
    revokedSerials: { length: 1 },
    sessionsEnded: 1,
    instances: [
      { host: 'vpn1', instance: 0, found: 1, ended: 1, left: 0 },
      { host: 'vpn1', instance: 1, found: 0, ended: 0, left: 0 },
    ],
    notReached: [],
    notice: /no session is left/,
  })
  t.same(await vpn.routes(), [routes.b], 'at once: nothing is waited for here')
  t.notOk(await isReached(vpn.topology.outside, a.hostAddress))
  await vpn.servers[0]?.waitFor(/certificate revoked: CN=a\.ada\.example\.org/, SOON_MS)
  await isRefusedAtOnce(vpn.topology.outside, a.hostAddress)
  await vpn.sessionsAre('one is left', (all) => all.length === 1)
  await ping(vpn.topology.outside, pair.b.hostAddress)
})

t.test('a user that is disabled loses every session, wherever it is', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const [one, two] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway('a2.ada.example.org', 'ada')]
  const a = await vpn.connectSite(4, one)
  const guest = await vpn.topology.addGuest(6)
  const second = await vpn.connect(guest, await vpn.profile(two.name, 1))
  await vpn.routesAre(`${one.prefix} tun0`, `${two.prefix} tun1`)
  await vpn.sessionsAre('both', (all) => all.length === 2)
  const from = { a: a.client.output.length, second: second.output.length }
  t.match(await vpn.ask('PATCH', '/users/ada', { disabled: true }), {
    disabled: true,
    sessions: { sessionsEnded: 2, notReached: [] },
  })
  t.same(await vpn.routes(), [])
  await a.client.waitFor(isRefused('its user is disabled'), SOON_MS, from.a)
  await second.waitFor(isRefused('its user is disabled'), SOON_MS, from.second)
  await vpn.ask('PATCH', '/users/ada', { disabled: false })
  await waitUntilUp(a.client, from.a)
  await waitUntilUp(second, from.second)
  await ping(vpn.topology.outside, a.hostAddress)
})

t.test('while the service is away gateways connect and renegotiate, and it hears of it later', { skip }, async (t) => {
  const pair = await makePair(t, 'reneg-sec 5')
  const { vpn, a, b } = pair
  await vpn.service.kill9()
  const from = a.client.output.length
  await b.client.kill()
  b.client = await vpn.connect(b.gateway, b.profile)
  await a.client.waitFor(RENEGOTIATED, SOON_MS, from)
  await a.client.waitFor(RENEGOTIATED, SOON_MS, a.client.output.length)
  await everybodyIsReached(pair)
  t.notMatch(a.client.output, 'AUTH_FAILED')
  await vpn.startService()
  await vpn.sessionsAre('the second one of b', (all) => all.length === 2)
  await until('the history has it', SOON_MS, async () => (await vpn.history()).length === 3)
  t.match(await vpn.ask('DELETE', `/gateway/${A}`), { sessionsEnded: 1, notReached: [] })
})

t.test('an agent that is killed loses no session; who waits gets in when it is back', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, a, b, routes } = pair
  await vpn.agent.kill()
  await b.client.kill()
  const waiting = vpn.start(b.gateway, b.profile)
  await waiting.waitFor(/Peer Connection Initiated/, SOON_MS)
  await ping(vpn.topology.outside, a.hostAddress)
  await vpn.startAgent()
  await waitUntilUp(waiting)
  await everybodyIsReached(pair)
  await vpn.routesAre(routes.a, routes.b)
  await vpn.sessionsAre('two, that of a the one it was', (all) => all.length === 2)
  const ofA = (await vpn.history()).filter(({ gateway }) => gateway === A)
  t.match(ofA, [{ until: null }], 'the same one, told once')
})

t.test('an OpenVPN that is restarted, or crashes, is followed', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, a, b, routes } = pair
  const from = { a: a.client.output.length, b: b.client.output.length }
  await vpn.servers[0]?.stop()
  await vpn.routesAre()
  vpn.startInstance(0)
  await Promise.all([waitUntilUp(a.client, from.a), waitUntilUp(b.client, from.b)])
  await vpn.routesAre(routes.a, routes.b)
  await everybodyIsReached(pair)
  await until('two sessions have ended', SOON_MS, async () => {
    return (await vpn.history()).filter((session) => session.until !== null).length === 2
  })
})

t.test('an agent away for longer than a renegotiation: gateways come back by themselves', { skip }, async (t) => {
  const pair = await makePair(t, 'reneg-sec 8\nhand-window 6')
  const { vpn, a, b } = pair
  const from = { a: a.client.output.length, b: b.client.output.length }
  await vpn.agent.kill()
  await Promise.all([a, b].map(({ client }) => client.waitFor(/AUTH_FAILED|auth-failure|TLS Error|SIGUSR1/, 60_000)))
  await vpn.startAgent()
  await Promise.all([waitUntilUp(a.client, from.a), waitUntilUp(b.client, from.b)])
  t.same([a.client.ending, b.client.ending], [undefined, undefined])
  await everybodyIsReached(pair)
})

t.test('a host that is away is named in the receipt, and brought in line when it is back', { skip }, async (t) => {
  const { vpn, a, b, routes } = await makePair(t)
  await vpn.agent.kill()
  t.match(await vpn.ask('DELETE', `/gateway/${A}`), { sessionsEnded: 0, notReached: ['vpn1'], notice: /vpn1/ })
  t.ok(await isReached(vpn.topology.outside, a.hostAddress), 'it is up until then')
  await vpn.startAgent()
  await vpn.routesAre(routes.b)
  await isRefusedAtOnce(vpn.topology.outside, a.hostAddress)
  await vpn.sessionsAre('that of b', (all) => all.length === 1)
  await ping(vpn.topology.outside, b.hostAddress)
})

t.test('the newest connection of a gateway wins, on whichever instance', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const body = await vpn.addGateway(A, 'ada')
  const first = await vpn.connectSite(4, body)
  const elsewhere = await vpn.topology.addGuest(4)
  await vpn.connect(elsewhere, await vpn.profile(A, 1))
  await vpn.routesAre(`${body.prefix} tun1`)
  await vpn.sessionsAre('the one on instance 1', (all) => all.length === 1 && all[0]?.instance === 1)
  t.match((await vpn.history()).at(-1), { instance: 0, reason: 'replaced by a newer connection' })
  await first.client.kill()
})

t.test('a renewal that retires revokes the former certificate when the new one is used', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const body = await vpn.addGateway(A, 'ada')
  const a = await vpn.connectSite(4, body)
  await vpn.ask('POST', `/gateway/${A}/renew`, { force: true, old: 'retire' })
  await a.client.kill()
  const again = await vpn.connect(a.gateway, a.profile)
  await ping(vpn.topology.outside, a.hostAddress)
  await again.kill()
  await vpn.connect(a.gateway, await vpn.profile(A))
  await until('the former one is revoked', SOON_MS, async () => {
    const all = await vpn.ask<{ serial: string; status: string }[]>('GET', `/gateway/${A}/certificates`)
    return all.find(({ serial }) => serial === body.certificate.serial)?.status === 'revoked'
  })
  await ping(vpn.topology.outside, a.hostAddress)
  t.match(await vpn.ask('GET', '/audit?limit=1'), [{ action: 'gateway.retire', object: A }])
})

t.test('a route that is lost is put back, and counted', { skip }, async (t) => {
  const { vpn, a, bodyA, routes } = await makePair(t)
  await vpn.topology.server.run('ip', ['-6', 'route', 'del', bodyA.prefix, 'dev', 'tun0', 'proto', '119'])
  await vpn.routesAre(routes.a, routes.b)
  await ping(vpn.topology.outside, a.hostAddress)
  await vpn.hostIs('repaired', (host) => host.routes?.repairs === 1 && host.routes.missing === 0)
  await vpn.apply.kill()
  await vpn.hostIs('without apply', ({ routes: report }) => report?.connected === false)
  await ping(vpn.topology.outside, a.hostAddress)
  await vpn.startApply()
  await vpn.hostIs('with apply', ({ routes: report }) => report?.connected === true && report.wanted === 2)
  await vpn.routesAre(routes.a, routes.b)
})

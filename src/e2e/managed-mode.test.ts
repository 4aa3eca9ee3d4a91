import t from 'tap'
import { ManagedHost } from './lab/managed-host.ts'
import { A, B, everybodyIsReached, makePair } from './lab/managed-pair.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { isReached, isRefusedAtOnce, ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const SOON_MS = 20_000

const skip = reasonToSkip('openvpn', 'ping') ?? false

t.setTimeout(240_000)

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

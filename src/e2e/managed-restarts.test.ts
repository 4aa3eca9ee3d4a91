import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { ManagedHost } from './lab/managed-host.ts'
import { A, everybodyIsReached, makePair } from './lab/managed-pair.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const SOON_MS = 20_000

const skip = reasonToSkip('openvpn', 'ping', 'nft') ?? false

t.setTimeout(240_000)

/** A renegotiation, from either side. */
const RENEGOTIATED = /Control Channel: TLS/

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

/** All that a client sends after its first packets, by which OpenVPN knows it; of some the first may be sent again. */
const HELD = `table inet held {
  chain sent {
    type filter hook output priority filter
    udp dport 1194 limit rate over 1/hour burst 3 packets drop
  }
}
`

t.test('who is in the midst of its handshake when the agent comes is let in, and stays', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, b } = pair
  const [server] = vpn.servers
  const from = server?.output.length ?? 0
  await vpn.agent.kill()
  await b.client.kill()
  await b.gateway.run('nft', ['-f', '-'], { input: HELD })
  b.client = vpn.start(b.gateway, b.profile)
  await server?.waitFor(/^\S+ \S+ \S+ Control Channel: using tls-crypt-v2 key/m, SOON_MS, from)
  await vpn.startAgent()
  await vpn.agent.waitFor(/"instance":0.*"sessions adopted"/, SOON_MS)
  t.notMatch(server?.output.slice(from), 'Peer Connection Initiated', 'it is in the midst of it')
  await b.gateway.run('nft', ['-f', '-'], { input: 'delete table inet held\n' })
  await waitUntilUp(b.client)
  await everybodyIsReached(pair)
  t.notMatch(server?.output.slice(from), 'Delayed exit', 'which would end it in five seconds without a word')
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

t.test('an OpenVPN that begins anew counts its clients from 0 again', { skip }, async (t) => {
  const pair = await makePair(t)
  const { vpn, a, b, routes } = pair
  const from = { a: a.client.output.length, b: b.client.output.length }
  vpn.servers[0]?.signal('SIGUSR1')
  await Promise.all([waitUntilUp(a.client, from.a), waitUntilUp(b.client, from.b)])
  await vpn.routesAre(routes.a, routes.b)
  await everybodyIsReached(pair)
  await until('four sessions are told, two of them over', SOON_MS, async () => {
    const all = await vpn.history()
    return all.length === 4 && all.filter(({ until: end }) => end === null).length === 2
  })
})

t.test('without a state, and without the service, gateways are sent away to come back', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const body = await vpn.addGateway(A, 'ada')
  const [site, profile] = [await vpn.topology.addSite(4, body.prefix), await vpn.profile(A)]
  await vpn.service.kill9()
  await vpn.agent.stop()
  rmSync(join(vpn.service.data, 'agent'), { recursive: true })
  await vpn.startAgent()
  const client = vpn.start(site.gateway, profile)
  await client.waitFor(/AUTH_FAILED,TEMP/, SOON_MS)
  await vpn.startService()
  await waitUntilUp(client)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('an instance that another program holds is taken when that lets go', { skip }, async (t) => {
  const vpn = await ManagedHost.prepare(t)
  await vpn.servers[0]?.waitFor(/unix domain socket listening/, SOON_MS)
  const other = connect(join(vpn.service.data, 'run/management-0.sock'))
  await new Promise((resolve) => other.once('data', resolve))
  await vpn.startAgent()
  await vpn.agent.waitFor(/instance 0 can't be reached: no greeting/, SOON_MS)
  other.end()
  await vpn.agent.waitFor(/connected to instance 0/, SOON_MS)
  await vpn.connectSite(4, await vpn.addGateway(A, 'ada'))
})

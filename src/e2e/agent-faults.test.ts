import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { A, isBack, makeAgentHost, RENEGOTIATED, routesAre, sessionsTold } from './lab/agent-host.ts'
import { ManagedVpn } from './lab/managed-vpn.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('openvpn') ?? false

t.setTimeout(300_000)

t.test('without the service clients connect and renegotiate, and it hears of it later', { skip }, async (t) => {
  const { vpn, site, agent } = await makeAgentHost(t, 'reneg-sec 6')
  await until('a state', 5000, () => vpn.stub.reports.some(({ revision }) => revision === vpn.stub.revision))
  await vpn.stub.stop()
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  const from = client.output.length
  await client.waitFor(RENEGOTIATED, 20_000, from)
  await ping(vpn.topology.outside, site.hostAddress)
  t.notMatch(client.output, /AUTH_FAILED/)

  await agent.kill()
  const next = await vpn.startAgent()
  await next.waitFor(/"sessions":1/, 10_000)
  t.same(vpn.stub.told('session-started'), [])
  await vpn.stub.start()
  await sessionsTold(vpn, 1, 0)
  const [serial] = vpn.stub.gateways.get(A)?.serials ?? []
  t.ok(vpn.stub.told('session-started').every((event) => event.serial === serial))
  await client.waitFor(RENEGOTIATED, 20_000, client.output.length)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('an agent that was killed finds its sessions, and lets in who waited', { skip }, async (t) => {
  const { vpn, a, site, agent } = await makeAgentHost(t)
  const other = parseFqdn('b.bob.example.org')
  const b = await vpn.addGateway(other, 3)
  const site2 = await vpn.topology.addSite(6, b.prefix)
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  await sessionsTold(vpn, 1, 0)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await agent.kill()
  const waiting = vpn.start(site2.gateway, await vpn.profile(other))
  await waiting.waitFor(/Peer Connection Initiated/, 15_000)
  await ping(vpn.topology.outside, site.hostAddress)
  const begun = performance.now()
  await vpn.startAgent()
  await waitUntilUp(waiting)
  t.comment(`who waited was let in ${Math.round(performance.now() - begun)} ms after the start`)
  await ping(vpn.topology.outside, site2.hostAddress)
  await ping(vpn.topology.outside, site.hostAddress)
  t.equal(vpn.stub.told('session-ended').length, 0)
  const present = vpn.stub.told('sessions-present').filter(({ cids }) => cids.length > 0)
  t.match(present, [{ instance: 0, cids: [0] }])
  t.equal(client.ending, undefined)
  await routesAre(vpn, `${a.prefix} tun0`, `${b.prefix} tun0`)
})

t.test('an instance that begins anew, or is gone, is followed', { skip }, async (t) => {
  const { vpn, site, servers, a } = await makeAgentHost(t)
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  await sessionsTold(vpn, 1, 0)
  let from = client.output.length
  servers[0]?.signal('SIGUSR1')
  await isBack(client, from)
  await sessionsTold(vpn, 2, 1)
  const [first, second] = vpn.stub.told('session-started')
  t.equal(first?.cid, second?.cid, 'client ids begin at 0 again')
  t.not(first?.generation, second?.generation)
  await routesAre(vpn, `${a.prefix} tun0`)

  from = client.output.length
  await servers[0]?.kill()
  await routesAre(vpn)
  await sessionsTold(vpn, 2, 2)
  t.match(vpn.stub.told('session-ended')[1], { reason: 'the instance was stopped' })
  vpn.startInstance(0)
  await isBack(client, from)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('without a state clients are sent away to come back, and get in by themselves', { skip }, async (t) => {
  const vpn = await ManagedVpn.make(t)
  const a = await vpn.addGateway(A, 2)
  await vpn.stub.stop()
  vpn.startInstance(0)
  vpn.startInstance(1)
  await vpn.startAgent()
  const site = await vpn.topology.addSite(4, a.prefix)
  const client = vpn.start(site.gateway, await vpn.profile(A))
  await client.waitFor(/AUTH_FAILED,TEMP/, 15_000)
  await vpn.stub.start()
  await waitUntilUp(client)
})

t.test('an agent that is away for longer than a renegotiation ends nobody for good', { skip }, async (t) => {
  const { vpn, site, agent } = await makeAgentHost(t, 'reneg-sec 8')
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  const from = client.output.length
  await agent.kill()
  await client.waitFor(/AUTH_FAILED/, 40_000, from)
  t.equal(client.ending, undefined)
  await vpn.startAgent()
  await isBack(client, from)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('what a client says of itself decides nothing and breaks nothing', { skip }, async (t) => {
  const { vpn, site } = await makeAgentHost(t)
  const login = join(vpn.folder, 'login')
  writeFileSync(login, `x=y=z;kill b \u0001\u001b[2J\nEND\n`, { mode: 0o600 })
  const more = `auth-user-pass ${login}\npush-peer-info\nsetenv UV_EVIL "a=b=>CLIENT:DISCONNECT,0"`
  await vpn.connect(site.gateway, await vpn.profile(A, 0, more))
  await ping(vpn.topology.outside, site.hostAddress)
  await sessionsTold(vpn, 1, 0)
  t.same(vpn.stub.told('session-ended'), [])
  t.match(vpn.stub.told('session-started'), [{ gateway: A }])
})

t.test('an instance that another program holds is taken when that lets go', { skip }, async (t) => {
  const vpn = await ManagedVpn.make(t)
  const a = await vpn.addGateway(A, 2)
  const server = vpn.startInstance(0)
  vpn.startInstance(1)
  await server.waitFor(/unix domain socket listening/, 10_000)
  const other = connect(join(vpn.data, 'run/management-0.sock'))
  await new Promise((resolve) => other.once('data', resolve))
  const agent = await vpn.startAgent()
  await agent.waitFor(/instance 0 can't be reached: no greeting/, 10_000)
  const begun = performance.now()
  other.end()
  await agent.waitFor(/connected to instance 0/, 10_000)
  t.comment(`taken after ${Math.round(performance.now() - begun)} ms`)
  const site = await vpn.topology.addSite(4, a.prefix)
  await vpn.connect(site.gateway, await vpn.profile(A))
})

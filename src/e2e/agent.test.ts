import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { ManagedVpn } from './lab/managed-vpn.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import type { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { isRefusedAtOnce, ping } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('openvpn') ?? false

t.setTimeout(180_000)

/** What a client says at each handshake. */
const RENEGOTIATED = /Control Channel: TLS/

const A = parseFqdn('a.ada.example.org')

async function make(owner: Owner, more = '') {
  const vpn = await ManagedVpn.make(owner)
  const a = await vpn.addGateway(A, 2)
  const apply = await vpn.startApply()
  const servers = [vpn.startInstance(0, more), vpn.startInstance(1, more)]
  const agent = await vpn.startAgent()
  const site = await vpn.topology.addSite(4, a.prefix)
  return { vpn, a, apply, servers, agent, site }
}

const routesAre = (vpn: ManagedVpn, ...wanted: string[]) =>
  until(`routes ${wanted}`, 10_000, async () => (await vpn.routes()).join() === wanted.join())

t.test('a gateway connects, moves to the other instance, and its route follows', { skip }, async (t) => {
  const { vpn, a, site, agent } = await make(t)
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  await ping(vpn.topology.outside, site.hostAddress)
  t.match(client.output, 'ifconfig-ipv6 2001:470:c844:20f::1/112')
  await until('session-started is told', 5000, () => vpn.stub.told('session-started').length === 1)
  t.match(vpn.stub.told('session-started')[0], { gateway: A, instance: 0, cid: 0, serial: a.certificate.serial })
  await routesAre(vpn, `${a.prefix} tun0`)

  client.signal('SIGKILL')
  await vpn.connect(site.gateway, await vpn.profile(A, 1))
  await ping(vpn.topology.outside, site.hostAddress)
  await routesAre(vpn, `${a.prefix} tun1`)
  await until('the former session is ended', 5000, () => vpn.stub.told('session-ended').length === 1)
  t.match(vpn.stub.told('session-ended')[0], { instance: 0, reason: 'replaced by a newer connection' })
  t.match(await agent.output, /session started/)
})

const sessionsTold = (vpn: ManagedVpn, started: number, ended: number) =>
  until(`${started} started, ${ended} ended`, 15_000, () => {
    return vpn.stub.told('session-started').length >= started && vpn.stub.told('session-ended').length >= ended
  })

/** Waits for a handshake after what the client has printed so far. */
const isBack = (client: Running, from: number) => waitUntilUp(client, from)

t.test('a gateway that is disabled is cut off at once, and let in when it may again', { skip }, async (t) => {
  const { vpn, site, agent } = await make(t)
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  await ping(vpn.topology.outside, site.hostAddress)
  const access = vpn.stub.gateways.get(A) ?? t.fail('no access')
  const from = client.output.length
  const begun = performance.now()
  if (typeof access === 'object') vpn.stub.set(A, { ...access, disabled: true })
  await until('no route', 5000, async () => (await vpn.routes()).length === 0)
  t.comment(`no route after ${Math.round(performance.now() - begun)} ms`)
  await sessionsTold(vpn, 1, 1)
  t.comment(`told after ${Math.round(performance.now() - begun)} ms`)
  t.match(vpn.stub.told('session-ended')[0], { reason: 'the gateway is disabled' })
  await client.waitFor(/AUTH_FAILED,the gateway is disabled/, 15_000, from)
  await until('the refusal is told', 5000, () => vpn.stub.told('refused').length > 0)
  t.match(vpn.stub.told('refused')[0], { gateway: A, reason: 'the gateway is disabled' })
  await isRefusedAtOnce(vpn.topology.outside, site.hostAddress)
  if (typeof access === 'object') vpn.stub.set(A, access)
  await isBack(client, from)
  await ping(vpn.topology.outside, site.hostAddress)
  t.match(agent.output, /session is ended/)
})

t.test('an order is carried out, and says what it found', { skip }, async (t) => {
  const { vpn, site } = await make(t)
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  const from = client.output.length
  const begun = performance.now()
  const done = (count: number) => until('order-done', 5000, () => vpn.stub.told('order-done').length === count)
  vpn.stub.order('disconnect', A)
  await done(1)
  t.comment(`disconnected after ${Math.round(performance.now() - begun)} ms`)
  const nothing = { instance: 1, found: 0, ended: 0, left: 0 }
  const one = { instance: 0, found: 1, ended: 1, left: 0 }
  t.match(vpn.stub.told('order-done')[0], { order: 1, feed: 'stub-1', instances: [one, nothing] })
  await isBack(client, from)
  t.match(client.output.slice(from), /server-pushed-connection-reset|Connection reset command was pushed|SIGUSR1/)

  const again = performance.now()
  vpn.stub.set(A, undefined)
  vpn.stub.order('withdraw', A)
  await done(2)
  t.comment(`withdrawn after ${Math.round(performance.now() - again)} ms`)
  t.match(vpn.stub.told('order-done')[1], { order: 2, instances: [one, nothing] })
  t.same(await vpn.routes(), [])
  await until('the refusal is told', 20_000, () => vpn.stub.told('refused').length > 0)
  t.match(vpn.stub.told('refused')[0], { reason: 'no such gateway' })
})

t.test('without the service clients connect and renegotiate, and it hears of it later', { skip }, async (t) => {
  const { vpn, site, agent } = await make(t, 'reneg-sec 6')
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
  const { vpn, a, site, agent } = await make(t)
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
  const { vpn, site, servers, a } = await make(t)
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

t.test('a second connection is refused where it is so set', { skip }, async (t) => {
  const { vpn, site } = await make(t)
  vpn.stub.site = { ...vpn.stub.site, secondSession: 'refuse' }
  const access = vpn.stub.gateways.get(A)
  vpn.stub.set(A, access)
  await until('the state', 5000, () => vpn.stub.questions.at(-1)?.get('since') === String(vpn.stub.revision))
  await vpn.connect(site.gateway, await vpn.profile(A))
  const second = await vpn.topology.addGuest(6)
  const client = vpn.start(second, await vpn.profile(A, 1))
  await client.waitFor(/AUTH_FAILED,the gateway is connected already/, 15_000)
  t.equal((await vpn.routes()).length, 1)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('an agent that is away for longer than a renegotiation ends nobody for good', { skip }, async (t) => {
  const { vpn, site, agent } = await make(t, 'reneg-sec 8')
  const client = await vpn.connect(site.gateway, await vpn.profile(A))
  const from = client.output.length
  await agent.kill()
  await client.waitFor(/AUTH_FAILED/, 40_000, from)
  t.equal(client.ending, undefined)
  await vpn.startAgent()
  await isBack(client, from)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('with the real service: a gateway is deleted, and the answer says what was found', { skip }, async (t) => {
  const vpn = await ManagedVpn.make(t)
  const a = await vpn.addGateway(A, 2)
  await vpn.startApply()
  vpn.startInstance(0)
  vpn.startInstance(1)
  const agent = await vpn.startAgent(true)
  const site = await vpn.topology.addSite(6, a.prefix)
  await vpn.connect(site.gateway, await vpn.profile(A))
  await ping(vpn.topology.outside, site.hostAddress)
  const sessions = async () => (await vpn.service.request<{ gateway: string }[]>('GET', '/sessions')).body
  await until('the session is shown', 5000, async () => (await sessions()).length === 1)
  const begun = performance.now()
  const { status, body } = await vpn.service.request('DELETE', `/gateway/${A}`)
  t.comment(`deleted in ${Math.round(performance.now() - begun)} ms`)
  t.equal(status, 200)
  t.match(body, { sessionsEnded: 1, notReached: [], instances: [{ found: 1, ended: 1, left: 0 }, { found: 0 }] })
  t.same(await vpn.routes(), [])
  t.same(await sessions(), [])
  t.match(agent.output, /order carried out/)
})

t.test('with the real service: the first use of a renewed certificate ends the former', { skip }, async (t) => {
  const vpn = await ManagedVpn.make(t)
  const a = await vpn.addGateway(A, 2)
  await vpn.startApply()
  vpn.startInstance(0)
  vpn.startInstance(1)
  await vpn.startAgent(true)
  const site = await vpn.topology.addSite(6, a.prefix)
  const former = await vpn.profile(A)
  const client = await vpn.connect(site.gateway, former)
  const { status, text } = await vpn.service.request('POST', `/gateway/${A}/renew`, { force: true, old: 'retire' })
  t.equal(status, 201, text)
  await ping(vpn.topology.outside, site.hostAddress)
  await client.stop()
  const again = await vpn.connect(site.gateway, former)
  await again.stop()
  const renewed = await vpn.profile(A)
  await vpn.connect(site.gateway, renewed)
  await ping(vpn.topology.outside, site.hostAddress)
  const certificates = async () => {
    const path = `/gateway/${A}/certificates`
    return (await vpn.service.request<{ status: string }[]>('GET', path)).body.map(({ status: one }) => one).sort()
  }
  await until('the former is revoked', 5000, async () => (await certificates()).join() === 'revoked,valid')
  const guest = await vpn.topology.addGuest(4)
  const thief = vpn.start(guest, former)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  t.notMatch(thief.output, /Initialization Sequence Completed/)
  await ping(vpn.topology.outside, site.hostAddress)
})

t.test('what a client says of itself decides nothing and breaks nothing', { skip }, async (t) => {
  const { vpn, site } = await make(t)
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

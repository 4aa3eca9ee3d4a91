import t from 'tap'
import { A, isBack, makeAgentHost, routesAre, sessionsTold } from './lab/agent-host.ts'
import { ManagedVpn } from './lab/managed-vpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { isRefusedAtOnce, ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('openvpn') ?? false

t.setTimeout(300_000)

t.test('a gateway connects, moves to the other instance, and its route follows', { skip }, async (t) => {
  const { vpn, a, site, agent } = await makeAgentHost(t)
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

t.test('a gateway that is disabled is cut off at once, and let in when it may again', { skip }, async (t) => {
  const { vpn, site, agent } = await makeAgentHost(t)
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
  const { vpn, site } = await makeAgentHost(t)
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

t.test('a second connection is refused where it is so set', { skip }, async (t) => {
  const { vpn, site } = await makeAgentHost(t)
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

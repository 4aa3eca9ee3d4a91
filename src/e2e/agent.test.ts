import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { ManagedVpn } from './lab/managed-vpn.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('openvpn') ?? false

t.setTimeout(180_000)

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

import { parseFqdn } from '../../domain/names.ts'
import { ManagedVpn } from './managed-vpn.ts'
import { waitUntilUp } from './openvpn.ts'
import type { Running } from './process.ts'
import type { Owner } from './undo.ts'
import { until } from './until.ts'

/** What a client says at each handshake. */
export const RENEGOTIATED = /Control Channel: TLS/

export const A = parseFqdn('a.ada.example.org')

/** A host with two instances, apply, an agent of the scripted service, and one gateway with a LAN that is not connected. */
export async function makeAgentHost(owner: Owner, more = '') {
  const vpn = await ManagedVpn.make(owner)
  const a = await vpn.addGateway(A, 2)
  const apply = await vpn.startApply()
  const servers = [vpn.startInstance(0, more), vpn.startInstance(1, more)]
  const agent = await vpn.startAgent()
  const site = await vpn.topology.addSite(4, a.prefix)
  return { vpn, a, apply, servers, agent, site }
}

export const routesAre = (vpn: ManagedVpn, ...wanted: string[]) =>
  until(`routes ${wanted}`, 10_000, async () => (await vpn.routes()).join() === wanted.join())

export const sessionsTold = (vpn: ManagedVpn, started: number, ended: number) =>
  until(`${started} started, ${ended} ended`, 15_000, () => {
    return vpn.stub.told('session-started').length >= started && vpn.stub.told('session-ended').length >= ended
  })

/** Waits for a handshake after what the client has printed so far. */
export const isBack = (client: Running, from: number) => waitUntilUp(client, from)

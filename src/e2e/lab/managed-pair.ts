import { type Connected, ManagedHost } from './managed-host.ts'
import { OUTSIDE, ping } from './topology.ts'
import type { Owner } from './undo.ts'

export const A = 'a.ada.example.org'
export const B = 'b.bob.example.org'

/** Two users with a gateway each, connected and reached: a over IPv4, b over IPv6. */
export async function makePair(owner: Owner, more = '') {
  const vpn = await ManagedHost.make(owner)
  const [bodyA, bodyB] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway(B, 'bob')]
  const [a, b] = await Promise.all([vpn.connectSite(4, bodyA, more), vpn.connectSite(6, bodyB, more)])
  const routes = { a: `${bodyA.prefix} tun0`, b: `${bodyB.prefix} tun0` }
  const pair = { vpn, a, b, bodyA, bodyB, routes }
  // A session is known before its route and its place in the firewall are set.
  await everybodyIsReached(pair)
  return pair
}

export type Pair = { vpn: ManagedHost; a: Connected; b: Connected }

/** The LANs of both, and the outside. */
export async function everybodyIsReached({ vpn, a, b }: Pair): Promise<void> {
  await ping(a.host, b.hostAddress)
  await ping(b.host, a.hostAddress)
  await ping(vpn.topology.outside, a.hostAddress)
  await ping(a.host, OUTSIDE)
}

import { contains, type Prefix } from '../prefix.ts'
import type { Peer } from './peer.ts'
import { coversPort } from './ports.ts'
import type { Rule } from './rule.ts'
import { type Endpoint, gatewayAt, networkOf, type World } from './world.ts'

/** One connection being opened. */
export type Flow = {
  readonly from: Endpoint
  readonly to: Endpoint
  /** `other` is in no rule but those of any protocol. */
  readonly protocol: 'tcp' | 'udp' | 'icmpv6' | 'other'
  /** The one that is connected to. Without, only a rule that is about every port matches. */
  readonly port?: number | undefined
  /** The type of an ICMPv6 message; an echo request without. */
  readonly icmpType?: number | undefined
}

export type Side = 'from' | 'to'

/** Whether a rule of the member on that side of the flow is about it. */
export function matches(world: World, rule: Rule, side: Side, flow: Flow): boolean {
  const [member, peer] = side === 'from' ? [flow.from, flow.to] : [flow.to, flow.from]
  if (rule.direction !== 'both' && rule.direction !== side) return false
  if (rule.protocol !== 'any' && rule.protocol !== flow.protocol) return false
  if (rule.ports.length > 0 && (flow.port === undefined || !coversPort(rule.ports, flow.port))) return false
  if (rule.network !== undefined && (member.kind === 'host' || networkOf(member.address) !== rule.network)) return false
  return isPeer(world, rule.peer, peer)
}

/** Whether an end is what a peer names. Names that nobody has name nobody. */
export function isPeer(world: World, peer: Peer, end: Endpoint): boolean {
  if (peer.kind === 'any') return true
  if (end.kind === 'host') return peer.kind === 'host'
  switch (peer.kind) {
    case 'host':
      return false
    case 'internet':
      return !isIn(world.plan.site, end.address)
    case 'prefix':
      return isIn(peer.prefix, end.address)
    case 'gateway':
      return gatewayAt(world, end.address)?.name === peer.name
    case 'user':
      return isIn(world.blocks.get(peer.name), end.address)
    case 'group':
      return gatewayAt(world, end.address)?.groups.includes(peer.name) === true
  }
}

function isIn(prefix: Prefix | undefined, address: bigint): boolean {
  return prefix !== undefined && contains(prefix, { address, length: 128 })
}

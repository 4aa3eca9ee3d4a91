import type { Side } from '../domain/policy/match.ts'
import type { Peer } from '../domain/policy/peer.ts'
import type { Rule } from '../domain/policy/rule.ts'
import { formatAddress, formatPrefix, type Prefix } from '../domain/prefix.ts'
import { word } from './fill.ts'
import type { Peers } from './ruleset-input.ts'
import { membersSet } from './ruleset-names.ts'

/** A gateway's /60, and the digit of its network in it. */
const GATEWAY_MASK = 'ffff:ffff:ffff:fff0::'
const NETWORK_MASK = formatAddress(0xfn << 64n)

/**
 * A rule as lines of its group's chain, one for each range of ports: a set for them would take longer to load than all
 * of the lines. None where it names somebody who is not there.
 */
export function renderRule(peers: Peers, rule: Rule, side: Side): string[] {
  const peer = matchPeer(peers, rule.peer, side === 'from' ? 'daddr' : 'saddr')
  if (peer === undefined) return []
  return renderLines(rule, side, peer)
}

/** The same for the host at the other end, in the chain that is asked about nothing else. */
export function renderHostRule(rule: Rule, side: Side): string[] {
  return rule.peer.kind === 'any' || rule.peer.kind === 'host' ? renderLines(rule, side, '') : []
}

function renderLines({ direction, action, protocol, ports, network }: Rule, side: Side, peer: string): string[] {
  if (direction !== 'both' && direction !== side) return []
  const own = network === undefined ? '' : matchNetwork(network, side === 'from' ? 'saddr' : 'daddr')
  const verdict = action === 'allow' ? 'accept' : 'goto drop_deny'
  return matchProtocol(protocol, ports).map((match) => `    ${match}${own}${peer}${verdict}\n`)
}

/** By number: nft looks a name up in /etc/protocols, anew for each rule. */
const PROTOCOL_NUMBER = { tcp: 6, udp: 17, icmpv6: 58 } as const

function matchProtocol(protocol: Rule['protocol'], ports: Rule['ports']): string[] {
  if (protocol === 'any') return ['']
  if (ports.length === 0) return [`meta l4proto ${PROTOCOL_NUMBER[protocol]} `]
  return ports.map(([first, last]) => `${protocol} dport ${first === last ? first : `${first}-${last}`} `)
}

function matchNetwork(network: number, field: string): string {
  return `ip6 ${field} & ${NETWORK_MASK} == ${formatAddress(BigInt(network) << 64n)} `
}

/** Undefined where nothing can match. */
function matchPeer(peers: Peers, peer: Peer, field: string): string | undefined {
  switch (peer.kind) {
    case 'any':
      return ''
    case 'host':
      return undefined
    case 'internet':
      return `ip6 ${field} != ${word(formatPrefix(peers.plan.site))} `
    case 'prefix':
      return matchPrefix(peer.prefix, field)
    case 'gateway':
      return matchPrefix(peers.gatewayPrefixes.get(peer.name), field)
    case 'user':
      return matchPrefix(peers.userPrefixes.get(peer.name), field)
    case 'group':
      return `ip6 ${field} & ${GATEWAY_MASK} @${word(membersSet(peer.name))} `
  }
}

function matchPrefix(prefix: Prefix | undefined, field: string): string | undefined {
  return prefix === undefined ? undefined : `ip6 ${field} ${word(formatPrefix(prefix))} `
}

import { gatewayPrefix } from '../plan.ts'
import { contains, type Prefix } from '../prefix.ts'
import { isPeer } from './match.ts'
import type { Peer } from './peer.ts'
import type { Policy } from './policy.ts'
import { type Endpoint, isBehindVpn, type PlacedGateway, type World } from './world.ts'

/**
 * Of all addresses that a word means, as many that every answer a policy can give is among theirs: the first and the last
 * of each range within which no rule makes a difference, of each kind of gateway that rules tell apart.
 */
export function endsOf(policy: Policy, world: World, peer: Peer): Endpoint[] {
  const ends: Endpoint[] = isPeer(world, peer, HOST) ? [HOST] : []
  const gateways = kindsOf(policy, world, peer).map((gateway) => gatewayPrefix(world.plan, gateway))
  const ranges = [...gateways, ...restOf(peer)]
  const edges = edgesOf(policy, world)
  const addresses = ranges.flatMap((range) => pointsIn(range, edges)).map(addressEnd)
  return [...ends, ...addresses.filter((end) => isPeer(world, peer, end) && isSomebodys(world, peer, end))]
}

const HOST: Endpoint = { kind: 'host' }

const EVERYWHERE: Prefix = { address: 0n, length: 0 }

function addressEnd(address: bigint): Endpoint {
  return { kind: 'address', address }
}

/** What is not of any gateway. */
function restOf(peer: Peer): Prefix[] {
  if (peer.kind === 'prefix') return [peer.prefix]
  return peer.kind === 'any' || peer.kind === 'internet' ? [EVERYWHERE] : []
}

/** Who says "any" means somebody, and no address behind the VPN that nobody has. */
function isSomebodys({ plan, byPrefix }: World, peer: Peer, end: Endpoint): boolean {
  if (peer.kind !== 'any' || end.kind === 'host' || !isBehindVpn(plan, end.address)) return true
  return byPrefix.has((end.address >> 68n) << 68n)
}

/** One gateway of each kind: rules tell gateways apart by groups, and by names and networks that they mention. */
function kindsOf(policy: Policy, world: World, peer: Peer): PlacedGateway[] {
  const rules = policy.groups.flatMap((group) => group.rules)
  const named = new Set(rules.flatMap((rule) => ('name' in rule.peer ? [`${rule.peer.kind}:${rule.peer.name}`] : [])))
  const prefixes = prefixesOf(policy)
  const kinds = new Map<string, PlacedGateway>()
  for (const gateway of world.gateways.values()) {
    const { name, user, groups } = gateway
    const own = gatewayPrefix(world.plan, gateway)
    if (!means(peer, gateway, own)) continue
    const inside = prefixes.map((prefix) => (contains(prefix, own) ? 'y' : contains(own, prefix) ? name : 'n'))
    const known = [`gateway:${name}`, `user:${user}`].filter((one) => named.has(one))
    kinds.set([...groups, '', ...known, '', ...inside].join(' '), gateway)
  }
  return [...kinds.values()]
}

function means(peer: Peer, { name, user, groups }: PlacedGateway, own: Prefix): boolean {
  switch (peer.kind) {
    case 'any':
      return true
    case 'gateway':
      return peer.name === name
    case 'user':
      return peer.name === user
    case 'group':
      return groups.includes(peer.name)
    case 'prefix':
      return contains(peer.prefix, own)
    default:
      return false
  }
}

function prefixesOf({ groups }: Policy): Prefix[] {
  return groups.flatMap(({ rules }) => rules.flatMap(({ peer }) => (peer.kind === 'prefix' ? [peer.prefix] : [])))
}

/** The addresses at which one range ends or another begins. */
function edgesOf(policy: Policy, { plan }: World): bigint[] {
  const ranges = [...prefixesOf(policy), plan.site]
  return [...new Set(ranges.flatMap((range) => [range.address - 1n, range.address, last(range), last(range) + 1n]))]
}

const NETWORKS = 16n
const BELOW_NETWORK = 64n

function pointsIn(range: Prefix, edges: readonly bigint[]): bigint[] {
  const [from, to] = [range.address, last(range)]
  const inside = edges.filter((edge) => edge >= from && edge <= to)
  // A rule may be about one network of a gateway.
  const isGateway = range.length === 60
  const networks = isGateway
    ? Array.from({ length: Number(NETWORKS) }, (_, n) => from | (BigInt(n) << BELOW_NETWORK))
    : []
  return [...new Set([from, to, ...inside, ...networks])]
}

function last({ address, length }: Prefix): bigint {
  return address | ((1n << BigInt(128 - length)) - 1n)
}

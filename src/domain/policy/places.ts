import { gatewayPrefix } from '../plan.ts'
import { contains, type Prefix } from '../prefix.ts'
import { isPeer } from './match.ts'
import type { Peer } from './peer.ts'
import type { Policy } from './policy.ts'
import { type Endpoint, gatewayAt, isBehindVpn, networkOf, ownBlock, type PlacedGateway, type World } from './world.ts'

/** An end that stands for all of which the policy says the same. */
export type Sample = { readonly end: Endpoint; readonly gateway: PlacedGateway | undefined }

/** All that the rules of a policy look at. */
type LookedAt = {
  readonly prefixes: readonly Prefix[]
  readonly networks: ReadonlySet<number>
  /** Gateways and users that are named. */
  readonly names: ReadonlySet<string>
}

const HOST: Sample = { end: { kind: 'host' }, gateway: undefined }

/**
 * Samples of all the ends that a peer names. Between two neighbouring bounds of all the prefixes that matter nothing
 * changes, so the bounds themselves will do; of gateways that no rule tells apart two are kept, for what they say to
 * one another. Addresses behind the VPN that nobody has are no end.
 */
export function samplesOf(policy: Policy, world: World, peer: Peer): Sample[] {
  const told = new Map<string, Sample[]>()
  const looked = lookedAt(policy)
  const addresses = boundsIn(looked, world, peer).map((address): Sample => {
    return { end: { kind: 'address', address }, gateway: gatewayAt(world, address) }
  })
  for (const sample of [HOST, ...addresses]) {
    if (!isPeer(world, peer, sample.end) || isNobody(world, sample)) continue
    const key = signatureOf(world, looked, sample)
    const alike = told.get(key) ?? []
    if (alike.length < 2 && !alike.some(({ gateway }) => gateway === sample.gateway)) told.set(key, [...alike, sample])
  }
  return [...told.values()].flat()
}

function lookedAt({ groups }: Policy): LookedAt {
  const rules = groups.flatMap((group) => group.rules)
  const prefixes = new Map<string, Prefix>()
  for (const { peer } of rules) {
    if (peer.kind === 'prefix') prefixes.set(`${peer.prefix.address}/${peer.prefix.length}`, peer.prefix)
  }
  return {
    prefixes: [...prefixes.values()],
    networks: new Set(rules.flatMap(({ network }) => network ?? [])),
    names: new Set(rules.flatMap(({ peer }) => (peer.kind === 'gateway' || peer.kind === 'user' ? peer.name : []))),
  }
}

function isNobody(world: World, { end, gateway }: Sample): boolean {
  return end.kind === 'address' && gateway === undefined && isBehindVpn(world.plan, end.address)
}

/** Two ends with the same one fare alike. */
function signatureOf({ plan }: World, { prefixes, networks, names }: LookedAt, { end, gateway }: Sample): string {
  if (end.kind === 'host') return 'host'
  const one = { address: end.address, length: 128 }
  const inside = prefixes.map((prefix) => (contains(prefix, one) ? '1' : '0')).join('')
  if (gateway === undefined) return `${inside} ${contains(plan.site, one)}`
  const { name, user, groups } = gateway
  const network = networkOf(end.address)
  const who = [
    names.has(name) ? name : '',
    names.has(user) ? user : '',
    groups.join(),
    networks.has(network) ? network : '',
  ]
  return [inside, ...who].join('/')
}

/** Where something begins or has just ended. */
function boundsIn({ prefixes, networks }: LookedAt, world: World, peer: Peer): bigint[] {
  const { plan } = world
  const bounds = new Set<bigint>()
  const add = ({ address, length }: Prefix) => {
    bounds.add(address)
    bounds.add(address + (1n << BigInt(128 - length)))
  }
  for (const prefix of [{ address: 0n, length: 0 }, plan.site, ownBlock(plan), ...prefixes]) add(prefix)
  if (peer.kind === 'prefix') add(peer.prefix)
  for (const gateway of world.gateways.values()) {
    if (!mayBeNamed(peer, gateway)) continue
    const whole = gatewayPrefix(plan, gateway)
    add(whole)
    for (const network of networks) add({ address: whole.address | (BigInt(network) << 64n), length: 64 })
  }
  return [...bounds].filter((bound) => bound < 1n << 128n).sort((one, other) => (one < other ? -1 : 1))
}

function mayBeNamed(peer: Peer, { name, user, groups }: PlacedGateway): boolean {
  if (peer.kind === 'gateway') return peer.name === name
  if (peer.kind === 'user') return peer.name === user
  if (peer.kind === 'group') return groups.includes(peer.name)
  return peer.kind === 'any' || peer.kind === 'prefix'
}

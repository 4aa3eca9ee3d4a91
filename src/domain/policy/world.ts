import type { Fqdn, GroupName, UserName } from '../names.ts'
import { FIRST_USER, gatewayPrefix, instanceAddress, type Place, type Plan, userPrefix } from '../plan.ts'
import { contains, type Prefix } from '../prefix.ts'

/** A gateway, where it stands and the groups it is in, by itself or with its user, in the order of their names. */
export type PlacedGateway = Place & {
  readonly name: Fqdn
  readonly user: UserName
  readonly groups: readonly GroupName[]
}

/** Who is where. Made by `worldOf`. */
export type World = {
  readonly plan: Plan
  readonly gateways: ReadonlyMap<Fqdn, PlacedGateway>
  /**
   * By what its prefix begins with, without the bits that are no prefix's: of a BigInt a Map looks at the last 64 bits
   * alone, and those of every first address are zero, so that all would fall into one drawer.
   */
  readonly byPrefix: ReadonlyMap<bigint, PlacedGateway>
  /** The block of each user who has a gateway. */
  readonly blocks: ReadonlyMap<UserName, Prefix>
}

/** One end of a connection. An address inside a gateway's /60 is that gateway's. */
export type Endpoint = { readonly kind: 'host' } | { readonly kind: 'address'; readonly address: bigint }

const BELOW_GATEWAY = 68n

export function worldOf(plan: Plan, gateways: Iterable<PlacedGateway>): World {
  const world = {
    plan,
    gateways: new Map<Fqdn, PlacedGateway>(),
    byPrefix: new Map<bigint, PlacedGateway>(),
    blocks: new Map<UserName, Prefix>(),
  }
  for (const gateway of gateways) {
    world.gateways.set(gateway.name, gateway)
    world.byPrefix.set(gatewayPrefix(plan, gateway).address >> BELOW_GATEWAY, gateway)
    world.blocks.set(gateway.user, userPrefix(plan, gateway.number))
  }
  return world
}

/** Whose an address is. */
export function gatewayAt(world: World, address: bigint): PlacedGateway | undefined {
  return world.byPrefix.get(address >> BELOW_GATEWAY)
}

/** The digit of a gateway's own network that an address is in. */
export function networkOf(address: bigint): number {
  return Number((address >> 64n) & 0xfn)
}

/** Of the numbers without a user, the one that is the site's own use; 00 is the tunnels'. */
const SITES_OWN = FIRST_USER - 1

/** The block that is the site's own use: inside the site prefix, and not behind the VPN. */
export function ownBlock(plan: Plan): Prefix {
  return userPrefix(plan, SITES_OWN)
}

/** Whether an address lies behind the VPN, somebody's or nobody's. */
export function isBehindVpn(plan: Plan, address: bigint): boolean {
  const one = { address, length: 128 }
  return contains(plan.site, one) && !contains(ownBlock(plan), one)
}

/** The end itself: an address of an instance is the host. */
export function endpointOf(plan: Plan, end: Endpoint): Endpoint {
  if (end.kind === 'host' || !contains(userPrefix(plan, 0), { address: end.address, length: 128 })) return end
  const instance = Number((end.address >> 64n) & 0xffn)
  return end.address === instanceAddress(plan, instance) ? { kind: 'host' } : end
}

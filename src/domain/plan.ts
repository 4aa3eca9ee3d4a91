import { contains, formatAddress, formatPrefix, type Prefix } from './prefix.ts'
import { Problem } from './problem.ts'

/**
 * The address plan: arithmetic over the site prefix, never stored. With a /48 `P`, user `uu` and gateway slot `g`:
 * the user's block is P:uu00::/56, the gateway's prefix P:uug0::/60, its networks P:uugn::/64, its tunnel address
 * P:uugf::1. A site prefix of length L has 56 - L bits for the user; slot and network are one nibble each, always.
 */
export type Plan = { readonly site: Prefix; readonly userBits: number }

/** Where a gateway stands in the plan. */
export type Place = { readonly number: number; readonly slot: number }

/** The first numbers hold the tunnels' own networks (00) and room for the site's own use (01). */
export const FIRST_USER = 2

export const SLOTS = 16

const USER_LENGTH = 56
const GATEWAY_LENGTH = 60
const NETWORK_LENGTH = 64

/** Phones refuse a pushed address longer than /120, OpenVPN one outside /64 to /124. */
export const TUNNEL_LENGTH = 112

/** Network f of a gateway holds its tunnel address. */
const TUNNEL_NETWORK = 15

/** Below /54 no number would be left beside the reserved ones; above /24 a number would not fit 32 bits. */
const SHORTEST_SITE = 24
const LONGEST_SITE = 54

/**
 * The plan of a site prefix.
 * @throws Problem bad-prefix when the prefix leaves no room for users
 */
export function planOf(site: Prefix): Plan {
  if (site.length < SHORTEST_SITE || site.length > LONGEST_SITE) {
    throw new Problem(
      'bad-prefix',
      `${formatPrefix(site)} can't be the site prefix: its length must be /${SHORTEST_SITE} to /${LONGEST_SITE}, as 2001:470:c844::/48`,
    )
  }
  return { site, userBits: USER_LENGTH - site.length }
}

/** The highest number a user can have, ff with a /48. */
export function lastUser(plan: Plan): number {
  return 2 ** plan.userBits - 1
}

/** A user's number as it stands in the addresses: two digits with a /48, as many as it needs otherwise. */
export function hexOf(plan: Plan, number: number): string {
  return number.toString(16).padStart(Math.ceil(plan.userBits / 4), '0')
}

/** A user's whole block. */
export function userPrefix(plan: Plan, number: number): Prefix {
  return { address: plan.site.address | (BigInt(number) << BigInt(128 - USER_LENGTH)), length: USER_LENGTH }
}

/** The gateway's /60: what is routed to it. */
export function gatewayPrefix(plan: Plan, place: Place): Prefix {
  const block = userPrefix(plan, place.number).address
  return { address: block | (BigInt(place.slot) << BigInt(128 - GATEWAY_LENGTH)), length: GATEWAY_LENGTH }
}

/** The gateway's sixteen networks, n = 0 to f. */
export function gatewayNetworks(plan: Plan, place: Place): Prefix[] {
  const first = gatewayPrefix(plan, place).address
  return Array.from({ length: SLOTS }, (_, n) => ({
    address: first | (BigInt(n) << BigInt(128 - NETWORK_LENGTH)),
    length: NETWORK_LENGTH,
  }))
}

/**
 * The same in text. Networks 1 to f are spelt alike but for the last digit before the "::", because their fourth group
 * is never zero; that of network 0 may be, and then it is spelt in another way.
 */
export function gatewayNetworkTexts(plan: Plan, place: Place): string[] {
  const { address } = gatewayPrefix(plan, place)
  const zeroth = formatPrefix({ address, length: NETWORK_LENGTH })
  const first = formatPrefix({ address: address | (1n << BigInt(128 - NETWORK_LENGTH)), length: NETWORK_LENGTH })
  const head = first.slice(0, -'1::/64'.length)
  return Array.from({ length: SLOTS }, (_, n) => (n === 0 ? zeroth : `${head}${n.toString(16)}::/64`))
}

/** The gateway's own address in the tunnel, inside its own prefix so that one prefix says everything about it. */
export function tunnelAddress(plan: Plan, place: Place): bigint {
  return gatewayPrefix(plan, place).address | (BigInt(TUNNEL_NETWORK) << BigInt(128 - NETWORK_LENGTH)) | 1n
}

/** The network of instance k's tunnel, P:00kk::/64. */
export function instanceNetwork(plan: Plan, instance: number): Prefix {
  return {
    address: plan.site.address | (BigInt(instance) << BigInt(128 - NETWORK_LENGTH)),
    length: NETWORK_LENGTH,
  }
}

/** Instance k's own address in its tunnel, P:00kk::1. */
export function instanceAddress(plan: Plan, instance: number): bigint {
  return instanceNetwork(plan, instance).address | 1n
}

/** Who owns a prefix: the inverse of gatewayPrefix, and undefined for what is no gateway's whole prefix. */
export function placeOf(plan: Plan, prefix: Prefix): Place | undefined {
  if (prefix.length !== GATEWAY_LENGTH || !contains(plan.site, prefix)) return undefined
  const number = Number((prefix.address >> BigInt(128 - USER_LENGTH)) & ((1n << BigInt(plan.userBits)) - 1n))
  if (number < FIRST_USER) return undefined
  return { number, slot: Number((prefix.address >> BigInt(128 - GATEWAY_LENGTH)) & 0xfn) }
}

type Addresses = { readonly prefix: string; readonly address: string }

/** What was formatted before, by plan and place: it never changes, and a long list asks for all of them each time. */
const formatted = new WeakMap<Plan, Map<number, Addresses>>()

/** The addresses of a gateway in text, as the API and the files show them. */
export function addressesOf(plan: Plan, place: Place): Addresses {
  const ofPlan = formatted.get(plan) ?? new Map<number, Addresses>()
  formatted.set(plan, ofPlan)
  const key = place.number * SLOTS + place.slot
  let addresses = ofPlan.get(key)
  if (addresses === undefined) {
    addresses = { prefix: formatPrefix(gatewayPrefix(plan, place)), address: formatAddress(tunnelAddress(plan, place)) }
    ofPlan.set(key, addresses)
  }
  return addresses
}

/** The lowest of `first` to `last` that is not in `taken`. */
export function lowestFree(first: number, last: number, taken: ReadonlySet<number>): number | undefined {
  for (let number = first; number <= last; number++) if (!taken.has(number)) return number
  return undefined
}

import type { LanFormat, LanInterface } from '../domain/lan-interface.ts'
import type { Fqdn } from '../domain/names.ts'
import { gatewayNetworks, gatewayPrefix, type Place, type Plan, TUNNEL_LENGTH, tunnelAddress } from '../domain/plan.ts'
import { contains, formatAddress, formatPrefix, type Prefix } from '../domain/prefix.ts'
import { fill, readTemplate, word } from './fill.ts'

type Piece = {
  template: string
  /** What it says of the network that holds the tunnel. */
  reserved: string
  /** Its words for a network that is on the link and for one that is not, where it advertises. */
  onLink?: readonly [string, string]
}

const RESERVED = readTemplate('lan-reserved')

const PIECES: Record<LanFormat, Piece> = {
  radvd: { template: readTemplate('lan-radvd'), reserved: RESERVED, onLink: ['on', 'off'] },
  ifupdown: { template: readTemplate('lan-ifupdown'), reserved: RESERVED },
  'systemd-networkd': { template: readTemplate('lan-systemd-networkd'), reserved: RESERVED, onLink: ['yes', 'no'] },
  openwrt: { template: readTemplate('lan-openwrt'), reserved: readTemplate('lan-reserved-openwrt') },
}

export type LanFacts = {
  name: Fqdn
  plan: Plan
  place: Place
  /** Which of the gateway's sixteen, 0 to 15. */
  network: number
  /** As it was parsed for the same format. */
  interface: LanInterface
}

/**
 * What puts one of a gateway's networks on a LAN of its router: an address of the router's own, advertisements by
 * which hosts number themselves, and an unreachable route for the whole /60, so that what is in no network in use is
 * refused at once instead of going round through the tunnel [facts 1.7]. Its metric is the last that anybody uses, and
 * every connected network is longer. No MTU is advertised: the tunnel passes packets of 1500 bytes [facts 1.10].
 */
export function renderLan(format: LanFormat, facts: LanFacts): string {
  const { plan, place } = facts
  const network = gatewayNetworks(plan, place)[facts.network]
  if (network === undefined) throw new Error(`a gateway has no network ${facts.network}`)
  const holdsTunnel = contains(network, { address: tunnelAddress(plan, place), length: 128 })
  const { template, reserved, onLink } = PIECES[format]
  const on = word(facts.interface)
  return fill(template, {
    digit: word(facts.network.toString(16)),
    name: word(facts.name),
    interface: on,
    network: word(formatPrefix(network)),
    prefix: word(formatPrefix(gatewayPrefix(plan, place))),
    address: word(formatAddress(routerAddress(network, holdsTunnel))),
    reserved: holdsTunnel ? fill(reserved, { interface: on, tunnel: word(formatPrefix(tunnelPart(network))) }) : '',
    ...(onLink === undefined ? {} : { onLink: onLink[holdsTunnel ? 1 : 0] }),
  })
}

/** The part of network f that belongs to the tunnel. */
function tunnelPart(network: Prefix): Prefix {
  return { address: network.address, length: TUNNEL_LENGTH }
}

/** ::1 of the network, and ::1:1 where the tunnel's part comes first. */
function routerAddress(network: Prefix, holdsTunnel: boolean): bigint {
  return network.address + (holdsTunnel ? 1n << BigInt(128 - TUNNEL_LENGTH) : 0n) + 1n
}

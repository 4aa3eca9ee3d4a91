import type { Access } from '../domain/agent-feed.ts'
import { addressesOf, instanceAddress, TUNNEL_LENGTH } from '../domain/plan.ts'
import { formatAddress, parsePrefix } from '../domain/prefix.ts'
import type { Site } from './state-copy.ts'

/** OpenVPN reads 254 bytes of a line as one of configuration, and the rest as the next. */
const LINE_MAX = 254

/** The lines that were made, by gateway and instance: both objects are replaced when anything of them changes. */
const made = new WeakMap<Site, WeakMap<Access, Map<number, readonly string[]>>>()

/** The lines that every gateway of a site is given. */
const pushed = new WeakMap<Site, readonly string[]>()

/** What a gateway is given on an instance: its address, the networks behind it, the routes of the client. */
export function clientConfig(site: Site, access: Access, instance: number): readonly string[] {
  const ofSite = made.get(site) ?? new WeakMap<Access, Map<number, readonly string[]>>()
  made.set(site, ofSite)
  const ofGateway = ofSite.get(access) ?? new Map<number, readonly string[]>()
  ofSite.set(access, ofGateway)
  let lines = ofGateway.get(instance)
  if (lines === undefined) {
    lines = makeLines(site, access, instance)
    ofGateway.set(instance, lines)
  }
  return lines
}

function makeLines(site: Site, access: Access, instance: number): readonly string[] {
  const { prefix, address } = addressesOf(site.plan, access)
  const own = [
    `ifconfig-ipv6-push ${address}/${TUNNEL_LENGTH} ${formatAddress(instanceAddress(site.plan, instance))}`,
    `iroute-ipv6 ${prefix}`,
  ]
  own.forEach(checkLine)
  return [...own, ...pushLines(site)]
}

/** To check a line takes longer than all else of a decision, and these are the same for every gateway. */
function pushLines(site: Site): readonly string[] {
  let lines = pushed.get(site)
  if (lines === undefined) {
    lines = site.pushRoutes.map((route) => `push "route-ipv6 ${route}"`)
    lines.forEach(checkLine)
    pushed.set(site, lines)
  }
  return lines
}

const ADDRESS = /^ifconfig-ipv6-push (\S+)\/([0-9]+) (\S+)$/
const IROUTE = /^iroute-ipv6 (\S+)$/
const ROUTE = /^push "route-ipv6 (\S+)"$/

/**
 * OpenVPN takes a wrong line for one left away, and lets the client in without it [facts 4.5]: so each is read here as it
 * would be there, before it is sent.
 * @throws Error with the line
 */
export function checkLine(line: string): void {
  const [, address = '', length = '', remote = ''] = ADDRESS.exec(line) ?? []
  const network = (IROUTE.exec(line) ?? ROUTE.exec(line))?.[1]
  // A longer or shorter one is pushed all the same, and refused by the client [facts 1.2].
  const isAddress =
    Number(length) >= 64 && Number(length) <= 124 && isNetwork(`${address}/128`) && isNetwork(`${remote}/128`)
  const isRight = isAddress || (network !== undefined && isNetwork(network))
  if (!isRight || line.length > LINE_MAX) throw new Error(`OpenVPN would not understand ${JSON.stringify(line)}`)
}

function isNetwork(text: string): boolean {
  try {
    parsePrefix(text)
    return true
  } catch {
    return false
  }
}

import { networkInterfaces } from 'node:os'
import { decide } from '../../domain/policy/decide.ts'
import type { Endpoint } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import type { Rights } from '../policy-request.ts'
import type { Tracked } from './conntrack.ts'

/** The ids of those connections that could not be opened by the rules of now: what is open is asked no rule. */
export function forbiddenAmong(tracked: readonly Tracked[], { policy, world }: Rights): Set<string> {
  const own = ownAddresses()
  const forbidden = tracked.filter(({ source, destination, protocol, port, icmpType }) => {
    const [from, to] = [endpointOf(source, own), endpointOf(destination, own)]
    return decide(policy, world, { from, to, protocol, port, icmpType }).verdict === 'deny'
  })
  return new Set(forbidden.map(({ id }) => id))
}

function endpointOf(text: string, own: ReadonlySet<bigint>): Endpoint {
  const address = addressOf(text)
  return own.has(address) ? { kind: 'host' } : { kind: 'address', address }
}

/** conntrack writes the end of some addresses as IPv4: ::1.2.3.4. Anybody may send to one. */
function addressOf(text: string): bigint {
  const plain = text.includes('.') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text
  return parsePrefix(`${plain}/128`).address
}

function ownAddresses(): Set<bigint> {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  const ipv6 = all.filter(({ family, address }) => family === 'IPv6' && !address.startsWith('fe80'))
  return new Set(ipv6.map(({ address }) => addressOf(address)))
}

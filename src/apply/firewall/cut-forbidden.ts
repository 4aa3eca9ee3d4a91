import { networkInterfaces } from 'node:os'
import { decide } from '../../domain/policy/decide.ts'
import type { Endpoint } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import type { Rights } from '../policy-request.ts'
import type { Conntrack, Tracked } from './conntrack.ts'

/**
 * Ends the connections that the rules forbid now: one that is open is let through before any rule is asked.
 * @returns how many there were
 */
export async function cutForbidden(conntrack: Conntrack, rights: Rights): Promise<number> {
  const own = ownAddresses()
  const forbidden = (await conntrack.list()).filter((one) => isForbidden(rights, one, own))
  for (const one of forbidden) await conntrack.cut(one)
  return forbidden.length
}

function isForbidden({ policy, world }: Rights, one: Tracked, own: ReadonlySet<bigint>): boolean {
  const from = endpointOf(one.source, own)
  const to = endpointOf(one.destination, own)
  const { protocol, port, icmpType } = one
  return decide(policy, world, { from, to, protocol, port, icmpType }).verdict === 'deny'
}

function endpointOf(text: string, own: ReadonlySet<bigint>): Endpoint {
  const { address } = parsePrefix(`${text}/128`)
  return own.has(address) ? { kind: 'host' } : { kind: 'address', address }
}

function ownAddresses(): Set<bigint> {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  const ipv6 = all.filter(({ family, address }) => family === 'IPv6' && !address.startsWith('fe80'))
  return new Set(ipv6.map(({ address }) => parsePrefix(`${address}/128`).address))
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planOf } from '../../domain/plan.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import { renderRuleset } from '../../render/ruleset.ts'
import { isSameRuleset } from '../../render/ruleset-settled.ts'
import type { GatewayBody, Service } from '../lab/service.ts'
import { expectedFiles, listFiles } from './files.ts'

export type UserBody = { name: string; number: number; hex: string; gateways: number; disabled: boolean }
export type GatewaySummary = GatewayBody & { user: string; slot: number; userDisabled: boolean }

const DISABLED = ['disable']
const PLAN = planOf(parsePrefix('2001:470:c844::/48'))
const UNREACHABLE = 'unreachable 2001:470:c844::/48 metric 4096'

/** Where the files of a data directory are not what its rows say, a line each; none when they agree exactly. */
export async function differences(service: Service): Promise<string[]> {
  const users = (await service.request<UserBody[]>('GET', '/users')).body
  const gateways = (await service.request<GatewaySummary[]>('GET', '/gateways')).body
  return [
    ...users.flatMap((user) => faultsOfUser(user, gateways)),
    ...gateways.flatMap((gateway) => faultsOfPlace(gateway, users)),
    ...faultsOfFiles(service.data, gateways),
    ...gateways.flatMap((gateway) => faultsOfClient(service.data, gateway)),
    ...faultsOfRoutes(service.data, gateways),
    ...faultsOfFirewall(service.data, gateways),
  ]
}

function faultsOfUser(user: UserBody, gateways: GatewaySummary[]): string[] {
  const count = gateways.filter((gateway) => gateway.user === user.name).length
  return count === user.gateways ? [] : [`${user.name} has ${count} gateways, and says ${user.gateways}`]
}

function faultsOfPlace(gateway: GatewaySummary, users: UserBody[]): string[] {
  const user = users.find(({ name }) => name === gateway.user)
  if (user === undefined) return [`${gateway.name} has no user`]
  const place = ((user.number << 8) | (gateway.slot << 4)).toString(16)
  return gateway.prefix === `2001:470:c844:${place}::/60` ? [] : [`${gateway.name} has ${gateway.prefix}, not ${place}`]
}

function faultsOfFiles(data: string, gateways: GatewaySummary[]): string[] {
  const found = listFiles(data)
  const wanted = expectedFiles(gateways.map(({ name }) => name))
  const missing = Object.keys(wanted).filter((name) => !(name in found))
  const wrong = Object.entries(found).filter(([name, mode]) => wanted[name] !== mode)
  return [
    ...missing.map((name) => `${name} is not there`),
    ...wrong.map(([name, mode]) => (name in wanted ? `${name} has mode ${mode.toString(8)}` : `${name} is too much`)),
  ]
}

function faultsOfClient(data: string, gateway: GatewaySummary): string[] {
  const found = linesOf(join(data, 'ovpn/clients', gateway.name))
  const enabled = [
    `ifconfig-ipv6-push ${gateway.address}/112`,
    `iroute-ipv6 ${gateway.prefix}`,
    'push "route-ipv6 2000::/3"',
  ]
  return sameLines(`the file of ${gateway.name}`, found, isEnabled(gateway) ? enabled : DISABLED)
}

function faultsOfRoutes(data: string, gateways: GatewaySummary[]): string[] {
  const [first, ...routes] = linesOf(join(data, 'ip/routes'))
  const wanted = gateways.filter(isEnabled).map(({ prefix }) => `${prefix} dev tun0`)
  return [
    ...(first === UNREACHABLE ? [] : [`ip/routes begins with ${first}`]),
    ...sameLines('ip/routes', routes.sort(), wanted.sort()),
  ]
}

/** Where nobody is in a group. */
function faultsOfFirewall(data: string, gateways: GatewaySummary[]): string[] {
  const connected = gateways.filter(isEnabled).map(({ prefix }) => {
    return { prefix: parsePrefix(prefix), device: 'tun0', groups: [] }
  })
  const policy = { default: 'open', groups: [] } as const
  const peers = { plan: PLAN, gatewayPrefixes: new Map(), userPrefixes: new Map(), memberPrefixes: new Map() }
  const whole = renderRuleset({ ...peers, devices: ['tun0'], policy, connected, log: false })
  const text = readFileSync(join(data, 'firewall/ruleset.nft'), 'utf8')
  return isSameRuleset(text, whole) ? [] : ['firewall/ruleset.nft is another']
}

function isEnabled(gateway: GatewaySummary): boolean {
  return !gateway.disabled && !gateway.userDisabled
}

/** The whole lines of a file but for its comments; what stands behind the last line feed is a half one. */
function linesOf(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  const rest = lines.pop()
  if (rest !== '') throw new Error(`${path} ends in the middle of a line: ${rest}`)
  return lines.filter((line) => !line.startsWith('#'))
}

function sameLines(what: string, found: string[], wanted: string[]): string[] {
  if (found.join('\n') === wanted.join('\n')) return []
  const less = wanted.filter((line) => !found.includes(line))
  const more = found.filter((line) => !wanted.includes(line))
  return [`${what} lacks [${less.join('; ')}] and has too much [${more.join('; ')}], ${found.length} lines in all`]
}

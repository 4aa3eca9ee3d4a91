import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { FIRST_USER, gatewayPrefix, planOf, SLOTS } from '../domain/plan.ts'
import { byName, type Policy } from '../domain/policy/policy.ts'
import { parseRule, type RuleText } from '../domain/policy/rule.ts'
import { type PlacedGateway, type World, worldOf } from '../domain/policy/world.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { type Connected, peersOf, type RulesetInput } from '../render/ruleset-input.ts'

const GROUPS = 254
const RULES = 20

export const SITE = planOf(parsePrefix('2001:db8::/48'))
export const DEVICE = 'tun0'

const groupAt = (index: number) => `group-${index % GROUPS}`

/** One of a group's rules: services of its members, services of other groups, ways out, and what is forbidden. */
function ruleOf(group: number, index: number): RuleText {
  const port = `${1000 + index * 100}`
  const kinds: RuleText[] = [
    { action: 'allow', direction: 'to', peer: `group:${groupAt(group + index)}`, protocol: 'tcp', ports: ['22'] },
    { action: 'allow', direction: 'from', peer: `group:${groupAt(group + 2 * index)}`, protocol: 'tcp', ports: [port] },
    { action: 'deny', direction: 'from', peer: `2001:db8:${1000 + index}::/48`, protocol: 'any' },
    { action: 'allow', direction: 'from', peer: 'internet', protocol: 'udp', ports: [`${port}-${Number(port) + 50}`] },
    { action: 'allow', direction: 'to', peer: `user:user-${group}`, protocol: 'icmpv6' },
  ]
  const rule = kinds[index % kinds.length]
  if (rule === undefined) throw new Error('there are no rules')
  // One of ten is about both directions.
  return index % 10 === 4 ? { ...rule, direction: 'both' } : rule
}

export function benchPolicy(): Policy {
  const groups = Array.from({ length: GROUPS }, (_, group) => ({
    name: parseGroupName(groupAt(group)),
    rules: Array.from({ length: RULES }, (_, index) => parseRule(ruleOf(group, index))),
    members: [],
  }))
  return { default: 'closed', groups: groups.sort(byName) }
}

function benchGateways(): PlacedGateway[] {
  return Array.from({ length: GROUPS * SLOTS }, (_, index) => {
    const [user, slot] = [Math.floor(index / SLOTS), index % SLOTS]
    const name = parseFqdn(`g${index}.example.org`)
    const groups = [parseGroupName(groupAt(user))]
    return { name, user: parseUserName(`user-${user}`), number: FIRST_USER + user, slot, groups }
  })
}

/** A full /48: each user is a group with all its gateways. */
export function benchWorld(): World {
  return worldOf(SITE, benchGateways())
}

/** The same, of which `connected` are connected. */
export function benchInput(connected: number): RulesetInput & { connected: Connected[] } {
  const gateways = benchGateways()
  const world = worldOf(SITE, gateways)
  const list = gateways.slice(0, connected).map((gateway) => {
    return { prefix: gatewayPrefix(SITE, gateway), device: DEVICE, groups: gateway.groups }
  })
  return { ...peersOf(world), devices: [DEVICE], policy: benchPolicy(), connected: list, log: false }
}

import { parseFqdn, parseGroupName, parseUserName } from '../../domain/names.ts'
import { gatewayPrefix, planOf } from '../../domain/plan.ts'
import type { Default } from '../../domain/policy/policy.ts'
import { parseRule, type RuleText } from '../../domain/policy/rule.ts'
import { type PlacedGateway, worldOf } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import { type Connected, peersOf, type RulesetInput } from '../ruleset-input.ts'

const gateway = (name: string, user: string, number: number, slot: number, ...groups: string[]): PlacedGateway => ({
  name: parseFqdn(name),
  user: parseUserName(user),
  number,
  slot,
  groups: groups.map(parseGroupName),
})

export const ATTIC = gateway('attic.example.org', 'ada', 2, 0, 'ops')
export const BARN = gateway('barn.example.org', 'bob', 3, 1, 'a-b', 'ops')
export const CAVE = gateway('cave.example.org', 'carl', 4, 2, 'servers')
export const DOME = gateway('dome.example.org', 'dora', 5, 15)

/** One of each kind of rule. */
export const RULES: Record<string, RuleText[]> = {
  'a-b': [
    { action: 'deny', direction: 'from', peer: 'host', protocol: 'any' },
    { action: 'allow', direction: 'both', peer: 'any', protocol: 'icmpv6' },
  ],
  ops: [
    { action: 'allow', direction: 'from', peer: 'group:servers', protocol: 'tcp', ports: ['22', '8000-8100'] },
    { action: 'allow', direction: 'from', peer: 'internet', protocol: 'any', network: '1' },
    { action: 'deny', direction: 'to', peer: '2001:db8:bad::/48', protocol: 'any' },
    { action: 'allow', direction: 'both', peer: 'host', protocol: 'tcp' },
    {
      action: 'allow',
      direction: 'to',
      peer: 'gateway:cave.example.org',
      protocol: 'udp',
      ports: ['53'],
      network: 'f',
    },
    { action: 'allow', direction: 'to', peer: 'gateway:gone.example.org', protocol: 'any' },
  ],
  servers: [
    { action: 'allow', direction: 'to', peer: 'user:ada', protocol: 'udp' },
    { action: 'deny', direction: 'to', peer: 'group:nobody', protocol: 'any' },
    { action: 'deny', direction: 'from', peer: '::/0', protocol: 'any' },
  ],
  unused: [],
}

const world = worldOf(planOf(parsePrefix('2001:470:c844::/48')), [ATTIC, BARN, CAVE, DOME])

export function connectedAt({ groups, ...place }: PlacedGateway, device: string): Connected {
  return { prefix: gatewayPrefix(world.plan, place), device, groups }
}

export function inputOf(byDefault: Default, connected: readonly Connected[], log = false): RulesetInput {
  const groups = Object.entries(RULES).map(([name, rules]) => ({
    name: parseGroupName(name),
    rules: rules.map(parseRule),
  }))
  return { ...peersOf(world), devices: ['tun0', 'tun1'], policy: { default: byDefault, groups }, connected, log }
}

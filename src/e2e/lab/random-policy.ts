import { parseFqdn, parseGroupName, parseUserName } from '../../domain/names.ts'
import { FIRST_USER, gatewayPrefix, lastUser, planOf } from '../../domain/plan.ts'
import { formatPeer, type Peer } from '../../domain/policy/peer.ts'
import { byName, type Group, type Policy } from '../../domain/policy/policy.ts'
import { parseRule, type Rule } from '../../domain/policy/rule.ts'
import { ownBlock, type PlacedGateway, type World, worldOf } from '../../domain/policy/world.ts'
import { formatPrefix, type Prefix, parsePrefix } from '../../domain/prefix.ts'
import type { Chance } from './chance.ts'

export const SITES = [
  '2001:470:c844::/48',
  '2001:db8::/32',
  'fd00::/24',
  '2001:db8:1234:400::/54',
  '2001:db8:ff00::/40',
]

/** Outside of every site. */
export const INTERNET = ['2001:db9::/32', '2a00:1:2::/48', '2001:4860:4860::8888/128'].map(parsePrefix)

export const PORTS = [1, 22, 80, 443, 8000, 8050, 8100, 65535] as const

const PORT_TEXTS = ['22', '80', '443', '8000-8100', '1', '65535', '1-1023', '8050', '80-443', '1-65535']
const USERS = ['ada', 'bob', 'carl', 'dora']
const GROUPS = ['a', 'a-b', 'a1', 'ops', 'x-']

export type Scene = { world: World; policy: Policy; deviceOf: Map<PlacedGateway, 'tun0' | 'tun1'> }

/** Users, gateways on two tunnels, groups with rules of every kind, and a default. */
export function randomScene(chance: Chance): Scene {
  const plan = planOf(parsePrefix(chance.pick(SITES)))
  const memberships = new Map(USERS.map((user) => [user, GROUPS.filter(() => chance.oneIn(3))]))
  const numbers = new Map(USERS.map((user) => [user, FIRST_USER + chance.below(lastUser(plan) - FIRST_USER + 1)]))
  const gateways = new Map<string, PlacedGateway>()
  for (const [index, user] of [...USERS, ...USERS, ...USERS].entries()) {
    const groups = new Set([...(memberships.get(user) ?? []), ...GROUPS.filter(() => chance.oneIn(4))])
    const gateway = {
      name: parseFqdn(`g${index}.example.org`),
      user: parseUserName(user),
      number: numbers.get(user) ?? 0,
      slot: chance.below(16),
      groups: [...groups].sort().map(parseGroupName),
    }
    // Of two in one place the later one: users whose numbers are the same do not exist.
    if (ownerOf(gateways, gateway) === user) gateways.set(`${gateway.number} ${gateway.slot}`, gateway)
  }
  const world = worldOf(plan, gateways.values())
  const deviceOf = new Map([...gateways.values()].map((gateway) => [gateway, chance.pick(['tun0', 'tun1'] as const)]))
  return { world, policy: randomPolicy(chance, world), deviceOf }
}

function ownerOf(gateways: ReadonlyMap<string, PlacedGateway>, { number, user }: PlacedGateway): string {
  return [...gateways.values()].find((other) => other.number === number)?.user ?? user
}

function randomPolicy(chance: Chance, world: World): Policy {
  const groups = GROUPS.map((name): Group => {
    const most = chance.pick([0, 3, 6, 12])
    return { name: parseGroupName(name), rules: chance.list(most, () => randomRule(chance, world)), members: [] }
  })
  return { default: chance.pick(['open', 'closed']), groups: groups.sort(byName) }
}

function randomRule(chance: Chance, world: World): Rule {
  const protocol = chance.pick(['any', 'any', 'tcp', 'udp', 'icmpv6'])
  const hasPorts = protocol === 'tcp' || protocol === 'udp'
  return parseRule({
    action: chance.pick(['allow', 'allow', 'deny']),
    direction: chance.pick(['from', 'to', 'both']),
    peer: formatPeer(randomPeer(chance, world)),
    protocol,
    ports: hasPorts ? chance.list(3, () => chance.pick(PORT_TEXTS)) : [],
    ...(chance.oneIn(4) && { network: chance.pick(['0', '1', 'f']) }),
  })
}

function randomPeer(chance: Chance, world: World): Peer {
  const kind = chance.pick([
    'any',
    'internet',
    'host',
    'prefix',
    'gateway',
    'user',
    'group',
    'gateway',
    'group',
  ] as const)
  const { name, user } = chance.pick([...world.gateways.values()])
  switch (kind) {
    case 'prefix':
      return { kind, prefix: randomPrefix(chance, world) }
    case 'gateway':
      return { kind, name: chance.oneIn(8) ? parseFqdn('gone.example.org') : name }
    case 'user':
      return { kind, name: chance.oneIn(8) ? parseUserName('gone') : user }
    case 'group':
      return { kind, name: parseGroupName(chance.oneIn(8) ? 'gone' : chance.pick(GROUPS)) }
    default:
      return { kind }
  }
}

function randomPrefix(chance: Chance, { plan, gateways }: World): Prefix {
  const all = parsePrefix('::/0')
  const base = chance.pick([
    plan.site,
    ownBlock(plan),
    gatewayPrefix(plan, chance.pick([...gateways.values()])),
    chance.pick(INTERNET),
    all,
  ])
  const length = Math.min(128, base.length + chance.pick([0, 0, 1, 4, 68]))
  const hosts = BigInt(128 - length)
  // With the last bits set that the addresses of the cases have too.
  const address = ((base.address | (chance.oneIn(2) ? 5n : 0n)) >> hosts) << hosts
  return parsePrefix(formatPrefix({ address, length }))
}

export function randomAddress(chance: Chance, prefix: Prefix): bigint {
  if (prefix.length >= 128) return prefix.address
  const network = prefix.length <= 60 ? BigInt(chance.pick([0, 1, 2, 15])) << 64n : 0n
  return prefix.address | network | BigInt(chance.pick([5, 6]))
}

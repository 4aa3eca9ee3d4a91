import fc from 'fast-check'
import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { parsePrefix } from '../prefix.ts'
import { decide } from './decide.ts'
import type { Default, Policy } from './policy.ts'
import { parseRule } from './rule.ts'
import { type Endpoint, worldOf } from './world.ts'

/** A rule in short: action, direction, peer, protocol, ports, network. */
type Short = [action: string, direction: string, peer: string, protocol?: string, ports?: string[], network?: string]

function policyOf(byDefault: Default, groups: Record<string, Short[]>): Policy {
  const rulesOf = (rules: Short[]) =>
    rules.map(([action, direction, peer, protocol = 'any', ports = [], network]) =>
      parseRule({ action, direction, peer, protocol, ports, ...(network !== undefined && { network }) }),
    )
  const named = Object.entries(groups).map(([name, rules]) => ({ name: parseGroupName(name), rules: rulesOf(rules) }))
  return { default: byDefault, groups: named.map((group) => ({ ...group, members: [] })) }
}

const gateway = (name: string, user: string, number: number, slot: number, ...groups: string[]) => ({
  name: parseFqdn(`${name}.example.org`),
  user: parseUserName(user),
  number,
  slot,
  groups: groups.map(parseGroupName),
})

const world = worldOf(planOf(parsePrefix('2001:470:c844::/48')), [
  gateway('a', 'ada', 2, 0, 'admins', 'ops'),
  gateway('b', 'bob', 3, 0, 'servers'),
  gateway('c', 'carl', 4, 0),
])

const END: Record<string, Endpoint> = {
  host: { kind: 'host' },
  a: address('2001:470:c844:201::5'),
  a2: address('2001:470:c844:202::5'),
  b: address('2001:470:c844:300::5'),
  c: address('2001:470:c844:400::5'),
  web: address('2001:db8::80'),
  own: address('2001:470:c844:100::80'),
  nobody: address('2001:470:c844:500::5'),
  instance: address('2001:470:c844::1'),
}

function address(text: string): Endpoint {
  return { kind: 'address', address: parsePrefix(`${text}/128`).address }
}

const find = (name: string): Endpoint => END[name] ?? { kind: 'host' }

function say(policy: Policy, from: string, to: string, port = 22): string {
  const { verdict, because, side, group, index } = decide(policy, world, {
    from: find(from),
    to: find(to),
    protocol: 'tcp',
    port,
  })
  return [verdict, because, side, group, index].filter((word) => word !== undefined).join(' ')
}

t.test('without a rule, the default says what a gateway may do', async (t) => {
  for (const [from, to] of [
    ['a', 'b'],
    ['a', 'web'],
    ['web', 'a'],
    ['a', 'host'],
    ['host', 'a'],
    ['c', 'own'],
  ] as const) {
    t.equal(say(policyOf('open', {}), from, to), 'allow default')
    t.equal(say(policyOf('closed', {}), from, to), 'deny default')
  }
})

t.test('where no end is behind the VPN, the policy has no say', async (t) => {
  const closed = policyOf('closed', { admins: [['deny', 'both', 'any']] })
  for (const [from, to] of [
    ['web', 'host'],
    ['host', 'web'],
    ['web', 'own'],
    ['own', 'web'],
    ['web', 'instance'],
  ] as const) {
    t.equal(say(closed, from, to), 'allow not-ours')
  }
})

t.test('one side that allows suffices', async (t) => {
  t.equal(say(policyOf('closed', { ops: [['allow', 'from', 'user:bob']] }), 'a', 'b'), 'allow rule from ops 0')
  t.equal(say(policyOf('closed', { servers: [['allow', 'to', 'group:ops']] }), 'a', 'b'), 'allow rule to servers 0')
})

t.test('a side that denies wins over the other’s allow', async (t) => {
  const allow: Short = ['allow', 'both', 'any']
  const deny: Short = ['deny', 'both', 'any']
  t.equal(say(policyOf('open', { ops: [allow], servers: [deny] }), 'a', 'b'), 'deny rule to servers 0')
  t.equal(say(policyOf('open', { ops: [deny], servers: [allow] }), 'a', 'b'), 'deny rule from ops 0')
})

t.test('within a gateway groups are asked by name and rules in order, and the first match decides', async (t) => {
  const ssh: Short = ['allow', 'from', 'any', 'tcp', ['22']]
  const nothing: Short = ['deny', 'from', 'any']
  t.equal(say(policyOf('closed', { admins: [ssh, nothing] }), 'a', 'b'), 'allow rule from admins 0')
  t.equal(say(policyOf('closed', { admins: [ssh, nothing] }), 'a', 'b', 80), 'deny rule from admins 1')
  t.equal(say(policyOf('closed', { admins: [nothing], ops: [ssh] }), 'a', 'b'), 'deny rule from admins 0')
  t.equal(say(policyOf('closed', { admins: [ssh], ops: [nothing] }), 'a', 'b', 80), 'deny rule from ops 0')
})

t.test('what answers need no rule, and who may not open may still be connected to', async (t) => {
  const policy = policyOf('closed', { servers: [['allow', 'to', 'any', 'tcp', ['443']]] })
  t.equal(say(policy, 'web', 'b', 443), 'allow rule to servers 0')
  t.equal(say(policy, 'b', 'web', 443), 'deny default')
})

t.test('a network limits a rule to that one of the member’s own', async (t) => {
  const policy = policyOf('closed', { ops: [['allow', 'from', 'internet', 'any', [], '1']] })
  t.equal(say(policy, 'a', 'web'), 'allow rule from ops 0')
  t.equal(say(policy, 'a2', 'web'), 'deny default')
})

t.test('the host is a peer, by any of its addresses', async (t) => {
  const policy = policyOf('closed', { ops: [['allow', 'both', 'host', 'tcp', ['22']]] })
  t.equal(say(policy, 'a', 'host'), 'allow rule from ops 0')
  t.equal(say(policy, 'a', 'instance'), 'allow rule from ops 0')
  t.equal(say(policy, 'host', 'a'), 'allow rule to ops 0')
  t.equal(say(policy, 'host', 'a', 23), 'deny default')
})

t.test('a loop and a source that is nobody’s are denied, whatever the rules are', async (t) => {
  const policy = policyOf('open', { ops: [['allow', 'both', 'any']] })
  t.equal(say(policy, 'a', 'a2'), 'deny loop')
  t.equal(say(policy, 'nobody', 'a'), 'deny spoof')
  t.equal(say(policy, 'a', 'nobody'), 'allow rule from ops 0')
})

t.test('no rule can break the ICMPv6 that IPv6 needs, nor any from and to the host', async (t) => {
  const policy = policyOf('closed', { admins: [['deny', 'both', 'any']], servers: [['deny', 'both', 'any']] })
  const ask = (from: string, to: string, icmpType?: number) =>
    decide(policy, world, { from: find(from), to: find(to), protocol: 'icmpv6', icmpType }).because
  for (const type of [1, 2, 3, 4]) t.equal(ask('a', 'b', type), 'icmpv6-needed')
  for (const type of [undefined, 128, 135, 0]) t.equal(ask('a', 'b', type), 'rule')
  t.equal(ask('a', 'host'), 'icmpv6-needed')
  t.equal(ask('host', 'a'), 'icmpv6-needed')
  t.equal(ask('nobody', 'host'), 'spoof')
  t.equal(ask('a', 'a2', 2), 'loop')
})

t.test('a rule more that denies never lets anything in', async () => {
  const rule = fc.tuple(
    fc.constantFrom('allow', 'deny'),
    fc.constantFrom('from', 'to', 'both'),
    fc.constantFrom('any', 'internet', 'host', 'user:ada', 'group:servers', '2001:db8::/32'),
    fc.constant('tcp'),
    fc.constantFrom<string[][]>([], ['22'], ['80-90']),
  )
  const groups = fc.record({ admins: fc.array(rule), ops: fc.array(rule), servers: fc.array(rule) })
  const name = fc.constantFrom(...Object.keys(END))
  const cases = fc.tuple(fc.constantFrom<Default>('open', 'closed'), groups, name, name, fc.constantFrom(22, 85, 7))
  fc.assert(
    fc.property(cases, ([byDefault, rules, from, to, port]) => {
      const before = say(policyOf(byDefault, rules), from, to, port)
      const after = say(policyOf(byDefault, { ...rules, ops: [['deny', 'both', 'any'], ...rules.ops] }), from, to, port)
      return before.startsWith('allow') || after.startsWith('deny')
    }),
    { numRuns: 500 },
  )
})

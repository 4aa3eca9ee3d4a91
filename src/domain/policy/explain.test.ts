import fc from 'fast-check'
import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { parsePrefix } from '../prefix.ts'
import { decide } from './decide.ts'
import { explain, holds } from './explain.ts'
import { isPeer } from './match.ts'
import { parsePeer } from './peer.ts'
import type { Default, Policy } from './policy.ts'
import { parseRule, type RuleText } from './rule.ts'
import { type Endpoint, gatewayAt, worldOf } from './world.ts'

const gateway = (name: string, user: string, number: number, slot: number, ...groups: string[]) => ({
  name: parseFqdn(`${name}.example.org`),
  user: parseUserName(user),
  number,
  slot,
  groups: groups.map(parseGroupName),
})

const GATEWAYS = [
  gateway('a', 'ada', 2, 0, 'ops'),
  gateway('b', 'ada', 2, 1, 'ops'),
  gateway('c', 'bob', 3, 0, 'servers'),
  gateway('d', 'bob', 3, 5, 'ops', 'servers'),
  gateway('e', 'carl', 4, 0),
]
const world = worldOf(planOf(parsePrefix('2001:470:c844::/48')), GATEWAYS)

function policyOf(byDefault: Default, groups: Record<string, Partial<RuleText>[]>): Policy {
  const any = { action: 'allow', direction: 'from', peer: 'any', protocol: 'any' }
  const list = Object.entries(groups).map(([name, rules]) => ({
    name: parseGroupName(name),
    rules: rules.map((rule) => parseRule({ ...any, ...rule })),
    members: [],
  }))
  return { default: byDefault, groups: list }
}

const ask = (policy: Policy, from: string, to: string, port = 443) =>
  explain(policy, world, { from: parsePeer(from), to: parsePeer(to), protocol: 'tcp', port })

t.test('all ends alike give one answer, with the rule', async (t) => {
  const policy = policyOf('closed', { ops: [{ peer: 'group:servers', protocol: 'tcp', ports: ['443'] }] })
  const answer = ask(policy, 'group:ops', 'gateway:c.example.org')
  t.match(answer, { verdict: 'allow', allow: { decision: { because: 'rule', group: 'ops', index: 0 } } })
  t.equal(answer.deny, undefined)
  t.equal(ask(policy, 'group:ops', 'gateway:c.example.org', 80).verdict, 'deny')
})

t.test('ends that fare differently are mixed, with an example of each', async (t) => {
  const policy = policyOf('closed', { ops: [{ peer: 'user:bob' }] })
  t.match(ask(policy, 'user:ada', 'any'), { verdict: 'mixed', allow: { decision: { group: 'ops' } }, deny: {} })
})

t.test('one network among sixteen is seen, and one address of the Internet', async (t) => {
  t.equal(ask(policyOf('open', { ops: [{ action: 'deny', network: 'b' }] }), 'user:ada', 'internet').verdict, 'mixed')
  const policy = policyOf('open', { ops: [{ action: 'deny', peer: '2a00:1::7/128' }] })
  t.equal(ask(policy, 'user:ada', 'internet').verdict, 'mixed')
  t.equal(ask(policy, 'user:ada', '2a00:1::7/128').verdict, 'deny')
  t.equal(ask(policy, 'user:ada', '2a00:1::8/125').verdict, 'allow')
})

t.test('what a gateway says to itself is left out, unless it is all there is', async (t) => {
  const open = policyOf('open', {})
  t.equal(ask(open, 'group:ops', 'group:ops').verdict, 'allow')
  t.match(ask(open, 'gateway:a.example.org', 'gateway:a.example.org').deny, { decision: { because: 'loop' } })
  t.equal(ask(open, 'any', 'any').verdict, 'allow')
})

t.test('two gateways that no rule tells apart are still asked about each other', async (t) => {
  const policy = policyOf('open', { ops: [{ action: 'deny', direction: 'to', peer: 'group:ops' }] })
  t.equal(ask(policy, 'user:ada', 'user:ada').verdict, 'deny')
})

t.test('a word that names nobody has no answer, and a test about nobody holds', async (t) => {
  const policy = policyOf('closed', {})
  for (const word of ['group:gone', 'user:gone', 'gateway:gone.example.org', '2001:470:c844:900::/56']) {
    t.strictSame(
      ask(policy, word, 'any'),
      { verdict: 'nobody', allow: undefined, deny: undefined, nobody: ['from'] },
      word,
    )
  }
  const test = { from: parsePeer('group:gone'), to: parsePeer('any'), protocol: 'tcp', port: 1 } as const
  t.equal(holds(policy, world, { ...test, expect: 'allow' }), true)
})

t.test('a test holds where all ends fare as it expects', async (t) => {
  const policy = policyOf('closed', { ops: [{ peer: 'user:bob' }] })
  const is = (to: string, expect: 'allow' | 'deny') =>
    holds(policy, world, { from: parsePeer('user:ada'), to: parsePeer(to), protocol: 'tcp', port: 1, expect })
  t.equal(is('user:bob', 'allow'), true)
  t.equal(is('user:bob', 'deny'), false)
  t.equal(is('user:carl', 'deny'), true)
  t.ok(!is('any', 'allow') && !is('any', 'deny'))
})

const PEERS = [
  ...['any', 'internet', 'host', 'user:ada', 'user:bob', 'group:ops', 'group:servers', 'gateway:d.example.org'],
  ...['2001:470:c844:200::/56', '2001:470:c844:300::/64', '2001:470::/32', '2a00::/16', '2001:470:c844:305::5/128'],
]

const peer = fc.constantFrom(...PEERS)
const rule = fc.record({
  action: fc.constantFrom('allow', 'deny'),
  direction: fc.constantFrom('from', 'to', 'both'),
  peer,
  network: fc.constantFrom('0', '5', undefined),
})
const end = fc.oneof(
  fc.constant<Endpoint>({ kind: 'host' }),
  fc
    .tuple(fc.constantFrom(...GATEWAYS), fc.nat(15), fc.constantFrom(0n, 5n))
    .map(([{ number, slot }, network, host]): Endpoint => {
      const high = (0x20010470c844n << 16n) | BigInt((number << 8) | (slot << 4) | network)
      return { kind: 'address', address: (high << 64n) | host }
    }),
  fc
    .constantFrom('2a00::5/128', '2a01::/128', '2001:470:1::/128', '2001:470:c844:100::1/128', 'ff00::/128')
    .map((text): Endpoint => ({ kind: 'address', address: parsePrefix(text).address })),
)

t.test('no end that is named fares otherwise than the answer says', async () => {
  const groups = fc.record({ ops: fc.array(rule, { maxLength: 4 }), servers: fc.array(rule, { maxLength: 4 }) })
  const cases = fc.tuple(fc.constantFrom<Default>('open', 'closed'), groups, peer, peer, end, end)
  const isOwn = (from: Endpoint, to: Endpoint) => {
    if (from.kind === 'host' || to.kind === 'host') return from.kind === to.kind
    return (
      gatewayAt(world, from.address) !== undefined && gatewayAt(world, from.address) === gatewayAt(world, to.address)
    )
  }
  fc.assert(
    fc.property(cases, ([byDefault, rules, fromText, toText, from, to]) => {
      const written = Object.entries(rules).map(([name, list]) => {
        return [name, list.map(({ network, ...rest }) => (network === undefined ? rest : { ...rest, network }))]
      })
      const policy = policyOf(byDefault, Object.fromEntries(written))
      fc.pre(isPeer(world, parsePeer(fromText), from) && isPeer(world, parsePeer(toText), to) && !isOwn(from, to))
      const { verdict } = ask(policy, fromText, toText)
      return verdict === 'mixed' || verdict === decide(policy, world, { from, to, protocol: 'tcp', port: 443 }).verdict
    }),
    { numRuns: 200 },
  )
})

t.test('what nobody would wait for is not begun', async (t) => {
  const networks = (count: number) => {
    const peers = Array.from({ length: count }, (_, n) => ({ peer: `2600:${(n + 1).toString(16)}::/32` }))
    return policyOf('open', { ops: peers })
  }
  const nothing = { verdict: 'too-much', allow: undefined, deny: undefined, nobody: [] }
  t.same(ask(networks(2001), 'gateway:a.example.org', 'internet'), nothing)
  t.same(ask(networks(1500), 'internet', 'internet'), nothing)
  t.equal(ask(networks(1500), 'gateway:a.example.org', 'internet').verdict, 'allow')
  const ends = (count: number) =>
    Array.from({ length: count }, (_, n) => [`2001:470:c844:200::${n + 1}/128`, `2600::${n + 1}/128`]).flat()
  const inVain = new Array(1000).fill('3fff::1/128')
  const long = (count: number) => policyOf('open', { ops: [...inVain, ...ends(count)].map((peer) => ({ peer })) })
  t.equal(ask(long(20), 'gateway:a.example.org', 'internet').verdict, 'allow')
  t.same(ask(long(300), 'gateway:a.example.org', 'internet'), nothing, 'few ends, and each asks many rules')
})

import t from 'tap'
import { parseRule, type RuleText } from '../domain/policy/rule.ts'
import { renderHostRule, renderRule } from './ruleset-rule.ts'
import { inputOf } from './testing/ruleset-world.ts'

const peers = inputOf('open', [])
const ANY = { action: 'allow', direction: 'both', peer: 'any', protocol: 'any' }

const from = (change: Partial<RuleText>) =>
  renderRule(peers, parseRule({ ...ANY, ...change }), 'from').map((line) => line.trim())

t.test('each kind of peer has its match', async (t) => {
  const matches: Record<string, string[]> = {
    any: ['accept'],
    host: [],
    internet: ['ip6 daddr != 2001:470:c844::/48 accept'],
    '2001:db8::/32': ['ip6 daddr 2001:db8::/32 accept'],
    '::/0': ['ip6 daddr ::/0 accept'],
    'gateway:barn.example.org': ['ip6 daddr 2001:470:c844:310::/60 accept'],
    'gateway:gone.example.org': [],
    'user:ada': ['ip6 daddr 2001:470:c844:200::/56 accept'],
    'user:gone': [],
    'group:a-b': ['ip6 daddr & ffff:ffff:ffff:fff0:: @members_a-b accept'],
  }
  for (const [peer, lines] of Object.entries(matches)) t.strictSame(from({ peer }), lines, peer)
})

t.test('a port is a line, because a set takes longer to load', async (t) => {
  t.strictSame(from({ protocol: 'tcp', ports: ['22', '80-90'] }), ['tcp dport 22 accept', 'tcp dport 80-90 accept'])
  t.strictSame(from({ protocol: 'udp', ports: ['53'] }), ['udp dport 53 accept'])
})

t.test('a protocol without ports is its number', async (t) => {
  t.strictSame(from({ protocol: 'tcp' }), ['meta l4proto 6 accept'])
  t.strictSame(from({ protocol: 'udp' }), ['meta l4proto 17 accept'])
  t.strictSame(from({ protocol: 'icmpv6' }), ['meta l4proto 58 accept'])
})

t.test('a network is the member’s, the peer at the other end', async (t) => {
  const rule = parseRule({ ...ANY, action: 'deny', network: 'a', peer: '2001:db8::/32' })
  const line = (member: string, peer: string) =>
    `    ip6 ${member} & 0:0:0:f:: == 0:0:0:a:: ip6 ${peer} 2001:db8::/32 goto drop_deny\n`
  t.strictSame(renderRule(peers, rule, 'from'), [line('saddr', 'daddr')])
  t.strictSame(renderRule(peers, rule, 'to'), [line('daddr', 'saddr')])
})

t.test('a rule of one direction is in one chain', async (t) => {
  for (const side of ['from', 'to'] as const) {
    const rule = parseRule({ ...ANY, direction: side })
    t.strictSame(renderRule(peers, rule, side), ['    accept\n'])
    t.strictSame(renderRule(peers, rule, side === 'from' ? 'to' : 'from'), [])
  }
})

t.test('of the host nothing is said but by host and any', async (t) => {
  for (const peer of ['host', 'any']) {
    t.strictSame(renderHostRule(parseRule({ ...ANY, peer }), 'to'), ['    accept\n'])
    t.strictSame(renderHostRule(parseRule({ ...ANY, peer, direction: 'from' }), 'to'), [])
  }
  for (const peer of ['internet', '::/0', 'user:ada', 'group:ops', 'gateway:barn.example.org']) {
    t.strictSame(renderHostRule(parseRule({ ...ANY, peer }), 'from'), [])
  }
})

import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { formatAddress, parsePrefix } from '../prefix.ts'
import { endsOf } from './ends.ts'
import { parsePeer } from './peer.ts'
import type { Policy } from './policy.ts'
import { parseRule } from './rule.ts'
import { type World, worldOf } from './world.ts'

const plan = planOf(parsePrefix('2001:db8:44::/48'))

function closedTo(...peers: string[]): Policy {
  const rules = peers.map((peer) => parseRule({ action: 'deny', direction: 'from', peer, protocol: 'any' }))
  return { default: 'open', groups: [{ name: parseGroupName('ops'), members: [], rules }] }
}

function texts(policy: Policy, world: World, word: string): string[] {
  return endsOf(policy, world, parsePeer(word)).map((end) => ('address' in end ? formatAddress(end.address) : end.kind))
}

t.test('a network is where it begins and ends, and where a rule makes a difference within it', async (t) => {
  const world = worldOf(plan, [])
  t.same(texts(closedTo(), world, '2600::/16'), ['2600::', '2600:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])
  t.same(texts(closedTo('2600:1::/127'), world, '2600::/16'), [
    '2600::',
    '2600:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2600:0:ffff:ffff:ffff:ffff:ffff:ffff',
    '2600:1::',
    '2600:1::1',
    '2600:1::2',
  ])
  t.same(texts(closedTo(), world, 'host'), ['host'])
  t.same(texts(closedTo(), world, 'user:ada'), [])
})

t.test('of thousands of gateways that no rule tells apart one is asked', async (t) => {
  const many = worldOf(
    plan,
    Array.from({ length: 4000 }, (_, n) => ({
      name: parseFqdn(`g${n}.example.org`),
      user: parseUserName(`u${n >> 4}`),
      number: 2 + (n >> 4),
      slot: n & 15,
      groups: [],
    })),
  )
  t.ok(endsOf(closedTo('user:u3'), many, { kind: 'any' }).length < 60)
  const text = endsOf(closedTo(), many, { kind: 'any' }).map((end) =>
    'address' in end ? formatAddress(end.address) : '',
  )
  t.notOk(text.includes('2001:db8:44::'), 'no address that nobody has')
})

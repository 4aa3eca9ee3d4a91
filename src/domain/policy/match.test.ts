import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { parsePrefix } from '../prefix.ts'
import { type Flow, isPeer, matches, type Side } from './match.ts'
import { parsePeer } from './peer.ts'
import { parseRule } from './rule.ts'
import { type Endpoint, worldOf } from './world.ts'

const HOST: Endpoint = { kind: 'host' }
const end = (text: string): Endpoint => ({ kind: 'address', address: parsePrefix(`${text}/128`).address })
const ADA = {
  name: parseFqdn('a.example.org'),
  user: parseUserName('ada'),
  number: 2,
  slot: 0,
  groups: [parseGroupName('ops')],
}
const BOB = { name: parseFqdn('b.example.org'), user: parseUserName('bob'), number: 3, slot: 1, groups: [] }
const world = worldOf(planOf(parsePrefix('2001:470:c844::/48')), [ADA, BOB])
const [ofAda, ofBob, outside, nobody] = [
  end('2001:470:c844:203::5'),
  end('2001:470:c844:310::5'),
  end('2001:db8::1'),
  end('2001:470:c844:2f0::1'),
]

const PEERS: Record<string, { is: Endpoint[]; isNot: Endpoint[] }> = {
  any: { is: [HOST, ofAda, ofBob, outside, nobody], isNot: [] },
  host: { is: [HOST], isNot: [ofAda, outside] },
  internet: { is: [outside], isNot: [HOST, ofAda, nobody, end('2001:470:c844:100::1')] },
  '::/0': { is: [ofAda, outside, nobody], isNot: [HOST] },
  '2001:470:c844:203::/64': { is: [ofAda], isNot: [ofBob, nobody, HOST] },
  'gateway:a.example.org': { is: [ofAda], isNot: [ofBob, nobody, outside, HOST] },
  'gateway:c.example.org': { is: [], isNot: [ofAda, ofBob, nobody, outside, HOST] },
  'user:ada': { is: [ofAda, nobody], isNot: [ofBob, HOST] },
  'user:carl': { is: [], isNot: [ofAda, nobody, HOST] },
  'group:ops': { is: [ofAda], isNot: [ofBob, nobody, HOST] },
  'group:nobody': { is: [], isNot: [ofAda, HOST] },
}

for (const [peer, { is, isNot }] of Object.entries(PEERS)) {
  t.test(`who ${peer} is`, async (t) => {
    for (const one of is) t.equal(isPeer(world, parsePeer(peer), one), true)
    for (const one of isNot) t.equal(isPeer(world, parsePeer(peer), one), false)
  })
}

const flow: Flow = { from: ofAda, to: ofBob, protocol: 'tcp', port: 22 }
const ANY = { action: 'allow', direction: 'both', peer: 'any', protocol: 'any' }

const is = (change: object, side: Side, one: Flow = flow) => matches(world, parseRule({ ...ANY, ...change }), side, one)

t.test('a rule is about its own direction', async (t) => {
  t.equal(is({ direction: 'from' }, 'from'), true)
  t.equal(is({ direction: 'from' }, 'to'), false)
  t.equal(is({ direction: 'to' }, 'to'), true)
  t.equal(is({ direction: 'to' }, 'from'), false)
  t.ok(is({}, 'from') && is({}, 'to'))
})

t.test('the peer is the other end', async (t) => {
  t.equal(is({ peer: 'user:bob' }, 'from'), true)
  t.equal(is({ peer: 'user:bob' }, 'to'), false)
  t.equal(is({ peer: 'user:ada' }, 'to'), true)
})

t.test('the network is the member’s own', async (t) => {
  t.equal(is({ network: '3' }, 'from'), true)
  t.equal(is({ network: '3' }, 'to'), false)
  t.equal(is({ network: '0' }, 'to'), true)
})

t.test('protocol and ports limit a rule, and without a port it must be about all', async (t) => {
  const tcp = { protocol: 'tcp', ports: ['22', '80-90'] }
  t.equal(is(tcp, 'from'), true)
  t.equal(is(tcp, 'from', { ...flow, port: 85 }), true)
  t.equal(is(tcp, 'from', { ...flow, port: 23 }), false)
  t.equal(is(tcp, 'from', { ...flow, protocol: 'udp' }), false)
  t.equal(is(tcp, 'from', { from: ofAda, to: ofBob, protocol: 'tcp' }), false)
  t.equal(is({ protocol: 'tcp' }, 'from', { from: ofAda, to: ofBob, protocol: 'tcp' }), true)
  t.equal(is({ protocol: 'icmpv6' }, 'from'), false)
})

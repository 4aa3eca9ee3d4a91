import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../names.ts'
import { planOf } from '../plan.ts'
import { formatAddress, parsePrefix } from '../prefix.ts'
import { parsePeer } from './peer.ts'
import { samplesOf } from './places.ts'
import type { Policy } from './policy.ts'
import { parseRule } from './rule.ts'
import { type PlacedGateway, worldOf } from './world.ts'

const plan = planOf(parsePrefix('2001:470:c844::/48'))
const all = Array.from({ length: 64 }, (_, index): PlacedGateway => {
  const [number, slot] = [2 + (index >> 4), index % 16]
  const name = parseFqdn(`g${index}.example.org`)
  return { name, user: parseUserName(`user-${number}`), number, slot, groups: [parseGroupName('ops')] }
})
const world = worldOf(plan, all)

function policyAbout(...peers: string[]): Policy {
  const rules = peers.map((peer) => parseRule({ action: 'deny', direction: 'both', peer, protocol: 'any' }))
  return { default: 'open', groups: [{ name: parseGroupName('ops'), rules, members: [] }] }
}

const textsOf = (policy: Policy, peer: string) =>
  samplesOf(policy, world, parsePeer(peer)).map(({ end }) =>
    end.kind === 'host' ? 'host' : formatAddress(end.address),
  )

t.test('of many gateways that no rule tells apart, two are asked', async (t) => {
  t.strictSame(textsOf(policyAbout(), 'group:ops'), ['2001:470:c844:200::', '2001:470:c844:210::'])
})

t.test('a gateway or a user whom a rule names stands for itself', async (t) => {
  t.equal(textsOf(policyAbout('gateway:g5.example.org'), 'group:ops').length, 3)
  t.equal(textsOf(policyAbout('user:user-3'), 'group:ops').length, 4)
})

t.test('a network whom a rule names is looked at beside the others', async (t) => {
  const rule = parseRule({ action: 'deny', direction: 'both', peer: 'any', protocol: 'any', network: '3' })
  const policy: Policy = { default: 'open', groups: [{ name: parseGroupName('ops'), rules: [rule], members: [] }] }
  t.strictSame(textsOf(policy, 'gateway:g0.example.org'), ['2001:470:c844:200::', '2001:470:c844:203::'])
})

t.test('the Internet is what is before, between and behind, and has no nobody in it', async (t) => {
  t.strictSame(textsOf(policyAbout('2a00::/16'), 'internet'), ['::', '2a00::'])
  t.strictSame(textsOf(policyAbout(), 'host'), ['host'])
  t.strictSame(textsOf(policyAbout(), '2001:470:c844:900::/56'), [])
})

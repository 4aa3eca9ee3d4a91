import t from 'tap'
import type { Group } from '../domain/policy/policy.ts'
import {
  any,
  CALLER,
  gateway,
  giveRules,
  group,
  lastAudit,
  member,
  openPolicyUnit,
  rule,
  touchedSince,
} from '../testing/policy-unit.ts'
import { applyPolicy, comparePolicy, expectKnownNames, readWhole } from './apply-policy.ts'
import type { WholePolicy } from './policy-difference.ts'

function whole(
  groups: Record<string, { members?: string[]; rules?: string[] }>,
  more: Partial<WholePolicy> = {},
): WholePolicy {
  const made = Object.entries(groups).map(([name, { members = [], rules = [] }]): Group => {
    return { name: group(name), members: members.map(member), rules: rules.map(rule) }
  })
  return { policy: { default: 'open', groups: made }, descriptions: new Map(), tests: [], ...more }
}

t.test('what is not in it is gone, what is in it is there, and agents are told of whom it moves', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await giveRules(opened, 'ops', 'allow from group:dev')
  await giveRules(opened, 'dev', 'allow from group:ops')
  const revision = unit.store.site.revision()
  const wanted = whole({
    guests: { members: ['user:bob', 'gateway:b.example.org'], rules: ['allow from group:ops', 'deny to host'] },
    ops: { members: ['user:ada'], rules: ['deny both group:guests tcp 22'] },
  })
  const difference = await applyPolicy(unit, CALLER, wanted, any)
  t.match(difference, { changed: true, default: null, groupsAdded: ['guests'], groupsRemoved: ['dev'] })
  t.strictSame(readWhole(unit).policy, {
    default: 'open',
    groups: [
      { ...wanted.policy.groups[0], members: [member('gateway:b.example.org'), member('user:bob')] },
      wanted.policy.groups[1],
    ],
  })
  t.same(touchedSince(opened, revision), ['b.example.org', 'c.example.org'], 'a is in ops as before')
  t.match(lastAudit(opened), {
    action: 'policy.apply',
    detail: { groupsAdded: ['guests'], groupsRemoved: ['dev'], groupsChanged: ['ops'] },
  })
})

t.test('the same again is no change', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from any', 'deny to 2001:db8::/32 udp 53')
  const revision = opened.unit.store.site.revision()
  t.match(await applyPolicy(opened.unit, CALLER, readWhole(opened.unit), any), { changed: false, groupsChanged: [] })
  t.equal(opened.unit.store.site.revision(), revision)
})

t.test('a comparison says the same and changes nothing', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const wanted = whole({ ops: { members: ['user:bob'] } }, { policy: { default: 'closed', groups: [] } })
  const revision = unit.store.site.revision()
  const compared = comparePolicy(unit, wanted)
  t.equal(unit.store.site.revision(), revision)
  t.same(await applyPolicy(unit, CALLER, wanted, any), compared)
  t.equal(unit.store.site.defaultPolicy(), 'closed')
  t.same(unit.store.groups.list(), [])
})

t.test('every name that nobody has is told, by its place, and nothing is changed', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const wanted = whole({
    ops: {
      members: ['user:ada', 'user:x'],
      rules: ['allow from any', 'allow from group:dev', 'deny to gateway:x.example.org'],
    },
  })
  const refusal = {
    code: 'user-unknown',
    message: '/groups/ops/members/1: There is no user "x". (and 2 more faults)',
    extras: { errors: [{}, { field: '/groups/ops/rules/1/peer' }, { field: '/groups/ops/rules/2/peer' }] },
  }
  t.throws(() => expectKnownNames(unit, wanted), refusal)
  const before = readWhole(unit)
  await t.rejects(applyPolicy(unit, CALLER, wanted, any), refusal)
  t.same(readWhole(unit), before)
})

t.test('a new group is not called as a peer that is no group', async (t) => {
  const { unit } = await openPolicyUnit(t)
  t.throws(() => comparePolicy(unit, whole({ any: {} })), { code: 'bad-name', message: '/groups/any: No group may be' })
})

t.test('a test names whom there is, in the policy that is wanted', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const test = { name: 'one', from: 'group:new', to: 'group:dev', protocol: 'tcp', expect: 'deny' } as const
  const tests = [test, { ...test, name: 'two', from: 'gateway:x.example.org', to: 'user:x' }]
  t.throws(() => comparePolicy(unit, whole({ new: {} }, { tests })), {
    code: 'group-unknown',
    message: '/tests/0/to: There is no group "dev". (and 2 more faults)',
    extras: { errors: [{}, { field: '/tests/1/from' }, { field: '/tests/1/to' }] },
  })
  t.match(comparePolicy(unit, whole({ new: {}, dev: {} }, { tests: [test] })), { changed: true })
})

t.test('one that does not do what its own tests say is refused, today’s faults or not', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const tests = [{ name: 'closed to bob', from: 'user:bob', to: 'user:ada', protocol: 'tcp', expect: 'deny' }] as const
  await t.rejects(applyPolicy(unit, CALLER, whole({}, { tests }), any), {
    code: 'policy-test-failed',
    message: 'the test "closed to bob" would fail',
  })
  const wanted = whole({ ops: { members: ['user:ada'], rules: ['deny to user:bob'] } }, { tests })
  t.match(await applyPolicy(unit, CALLER, wanted, any), { tests: { added: ['closed to bob'] } })
  t.same(unit.store.policyTests.list(), tests)
  t.equal(unit.store.members.groupsOf(gateway('c')).length, 0)
})

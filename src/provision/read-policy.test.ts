import t from 'tap'
import { any, CALLER, gateway, giveRules, group, member, openPolicyUnit, rule } from '../testing/policy-unit.ts'
import { readPolicy, readWorld } from './read-policy.ts'
import { setMember } from './set-member.ts'

t.test('the policy is what the rows say, groups by name', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from any tcp 22')
  t.same(readPolicy(opened.unit), {
    default: 'open',
    groups: [
      { name: 'dev', rules: [], members: [member('gateway:c.example.org')] },
      { name: 'ops', rules: [rule('allow from any tcp 22')], members: [member('user:ada')] },
    ],
  })
})

t.test('a gateway is in the groups of the policy that is asked about, by itself and by its user, once', async (t) => {
  const { unit } = await openPolicyUnit(t)
  await setMember(unit, CALLER, group('ops'), member('gateway:a.example.org'), true, any)
  await setMember(unit, CALLER, group('dev'), member('gateway:a.example.org'), true, any)
  const policy = readPolicy(unit)
  const world = readWorld(unit, policy)
  t.match(world.gateways.get(gateway('a')), { user: 'ada', number: 2, slot: 0, groups: ['dev', 'ops'] })
  t.same(world.gateways.get(gateway('a'))?.groups, unit.store.members.groupsOf(gateway('a')), 'as agents are told')
  t.same(readWorld(unit, { ...policy, groups: [] }).gateways.get(gateway('a'))?.groups, [])
})

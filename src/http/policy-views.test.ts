import t from 'tap'
import { giveRules, group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { viewAppliedRules, viewGroup, viewMember, viewRules } from './policy-views.ts'

t.test('a group, a member and rules are shown in the words that the API takes', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await giveRules(opened, 'ops', 'allow from group:dev tcp 22 80-90')
  const row = unit.store.groups.find(group('ops'))
  t.match(row && viewGroup(row), { name: 'ops', members: 1, rules: 1, createdAt: '2026-03-01T12:00:00Z' })
  t.same(viewMember(member('user:ada')), { member: 'user:ada', kind: 'user', name: 'ada' })
  const rule = { action: 'allow', direction: 'from', peer: 'group:dev', protocol: 'tcp', ports: ['22', '80-90'] }
  t.same(viewRules(unit, group('ops')), [rule])
  t.same(viewAppliedRules(unit, { name: 'a.example.org' as never, user: 'ada' }), [
    { group: 'ops', position: 1, via: ['user:ada'], ...rule },
  ])
})

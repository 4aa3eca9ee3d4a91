import t from 'tap'
import { any, CALLER, giveRules, group, lastAudit, openPolicyUnit, touchedSince } from '../testing/policy-unit.ts'
import { deleteGroup } from './delete-group.ts'

t.test('a group goes with its rules and memberships, even if its own rules name it', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await giveRules(opened, 'ops', 'allow both group:ops')
  const revision = unit.store.site.revision()
  await deleteGroup(unit, CALLER, group('ops'), any)
  t.equal(unit.store.groups.find(group('ops')), undefined)
  t.same([...unit.store.members.listAll().keys()], ['dev'])
  t.equal(unit.store.groups.totals().rules, 0)
  t.same(touchedSince(opened, revision), ['a.example.org', 'b.example.org'], 'agents are told')
  t.match(lastAudit(opened), { action: 'group.delete', object: 'ops', detail: { members: 1, rules: 1 } })
  await t.rejects(deleteGroup(unit, CALLER, group('ops'), any), { code: 'group-unknown' })
})

t.test('a group that others name stays, and where is said', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await giveRules(opened, 'dev', 'allow from any', 'allow from group:ops')
  await unit.store.write(() =>
    unit.store.policyTests.replace([{ name: 'x', from: 'group:ops', to: 'any', protocol: 'tcp', expect: 'allow' }]),
  )
  await t.rejects(deleteGroup(unit, CALLER, group('ops'), any), {
    code: 'group-in-use',
    message: 'The group ops is named by rule 2 of dev, the test "x": change those first.',
  })
  await giveRules(opened, 'dev', ...Array.from({ length: 12 }, () => 'allow from group:ops'))
  await t.rejects(deleteGroup(unit, CALLER, group('ops'), any), { message: 'rule 10 of dev and 3 more: change' })
})

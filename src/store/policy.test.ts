import t from 'tap'
import { gateway, giveRules, member, openPolicyUnit, rule } from '../testing/policy-unit.ts'
import { placedGateways, policyOf } from './policy.ts'

t.test('the policy is what the rows say, groups by name', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'deny to internet')
  t.same(policyOf(opened.unit.store).groups, [
    { name: 'dev', rules: [], members: [member('gateway:c.example.org')] },
    { name: 'ops', rules: [rule('deny to internet')], members: [member('user:ada')] },
  ])
})

t.test('each gateway is in its place, and in the groups that the policy puts it', async (t) => {
  const { store } = (await openPolicyUnit(t)).unit
  const placed = placedGateways(store, policyOf(store))
  t.same(
    placed.map(({ name, number, slot, groups }) => [name, number, slot, groups]),
    [
      [gateway('a'), 2, 0, ['ops']],
      [gateway('b'), 2, 1, ['ops']],
      [gateway('c'), 3, 0, ['dev']],
    ],
  )
  t.ok(placedGateways(store, { default: 'open', groups: [] }).every(({ groups }) => groups.length === 0))
})

import t from 'tap'
import type { PolicyTest } from '../store/policy-tests.ts'
import { any, CALLER, giveRules, group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { deleteGroup } from './delete-group.ts'
import { setDefaultPolicy } from './set-default-policy.ts'
import { setMember } from './set-member.ts'
import { setRules } from './set-rules.ts'

const TEST: PolicyTest = {
  name: 'bob stays out',
  from: 'user:bob',
  to: 'user:ada',
  protocol: 'tcp',
  port: 80,
  expect: 'deny',
}

t.test('a change of any kind that breaks a test is refused, names it and changes nothing', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await setDefaultPolicy(unit, CALLER, 'closed', any)
  await unit.store.write(() => unit.store.policyTests.replace([TEST]))
  const refusal = { code: 'policy-test-failed', extras: { errors: [{ field: 'bob stays out' }] } }
  await t.rejects(setDefaultPolicy(unit, CALLER, 'open', any), refusal)
  await t.rejects(giveRules(opened, 'ops', 'allow to any'), refusal)
  await giveRules(opened, 'dev', 'deny from user:ada')
  await setDefaultPolicy(unit, CALLER, 'open', any)
  await t.rejects(setRules(unit, CALLER, group('dev'), [], any), refusal)
  await t.rejects(setMember(unit, CALLER, group('dev'), member('gateway:c.example.org'), false, any), refusal)
  await t.rejects(deleteGroup(unit, CALLER, group('dev'), any), refusal)
  t.equal(unit.store.rules.list(group('dev')).length, 1)
  t.equal(unit.store.members.list(group('dev')).length, 1)
  t.equal(unit.store.site.defaultPolicy(), 'open')
})

t.test('a test that failed before keeps nobody from changing something else', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  await unit.store.write(() => unit.store.policyTests.replace([TEST]))
  await giveRules(opened, 'ops', 'allow from any')
  await giveRules(opened, 'ops', 'deny to user:bob')
  await t.rejects(giveRules(opened, 'ops', 'allow from any'), { code: 'policy-test-failed' }, 'now that it holds')
})

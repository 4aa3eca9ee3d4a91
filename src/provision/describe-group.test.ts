import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { any, CALLER, group, lastAudit, openPolicyUnit } from '../testing/policy-unit.ts'
import { describeGroup } from './describe-group.ts'

t.test('a description is changed, and the same one is no change', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  t.match(await describeGroup(unit, CALLER, group('ops'), 'operations', any), { description: 'operations', members: 1 })
  t.match(lastAudit(opened), { action: 'group.describe', object: 'ops', detail: { description: 'operations' } })
  const revision = unit.store.site.revision()
  await describeGroup(unit, CALLER, group('ops'), 'operations', any)
  t.equal(unit.store.site.revision(), revision)
})

t.test('one that is not there, or that the caller saw otherwise, is not described', async (t) => {
  const { unit } = await openPolicyUnit(t)
  await t.rejects(describeGroup(unit, CALLER, group('nobody'), 'x', any), {
    code: 'group-unknown',
    message: '"nobody"',
  })
  const refuse = () => {
    throw new Problem('precondition-failed', 'no')
  }
  await t.rejects(describeGroup(unit, CALLER, group('ops'), 'x', refuse), { code: 'precondition-failed' })
  t.match(unit.store.groups.find(group('ops')), { description: '' })
})

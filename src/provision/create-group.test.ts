import t from 'tap'
import { CALLER, group, lastAudit, openPolicyUnit } from '../testing/policy-unit.ts'
import { createGroup } from './create-group.ts'

t.test('a group is made empty, once, and the audit says so', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  const made = await createGroup(unit, CALLER, { name: group('guests'), description: 'for a day' })
  t.match(made, { name: 'guests', description: 'for a day', members: 0, rules: 0 })
  t.match(lastAudit(opened), { action: 'group.create', object: 'guests', detail: { description: 'for a day' } })
  const revision = unit.store.site.revision()
  await t.rejects(createGroup(unit, CALLER, { name: group('guests'), description: '' }), {
    code: 'group-exists',
    message: 'There is a group "guests" already.',
  })
  t.equal(unit.store.site.revision(), revision)
})

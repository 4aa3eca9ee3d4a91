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

t.test('a group is not called as a peer that is no group', async (t) => {
  const { unit } = await openPolicyUnit(t)
  for (const name of ['any', 'internet', 'host']) {
    await t.rejects(createGroup(unit, CALLER, { name: group(name), description: '' }), {
      code: 'bad-name',
      message: `No group may be called "${name}"`,
    })
  }
  t.match(await createGroup(unit, CALLER, { name: group('hosts'), description: '' }), { name: 'hosts' })
})

import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { any, CALLER, lastAudit, openPolicyUnit } from '../testing/policy-unit.ts'
import { setDefaultPolicy } from './set-default-policy.ts'

t.test('it is open until somebody closes it, and the same again is no change', async (t) => {
  const opened = await openPolicyUnit(t)
  const { site } = opened.unit.store
  t.equal(site.defaultPolicy(), 'open')
  await setDefaultPolicy(opened.unit, CALLER, 'closed', any)
  t.equal(site.defaultPolicy(), 'closed')
  t.match(lastAudit(opened), { action: 'policy.default', object: 'closed', detail: { before: 'open' } })
  const revision = site.revision()
  await setDefaultPolicy(opened.unit, CALLER, 'closed', any)
  t.equal(site.revision(), revision)
  const refuse = () => {
    throw new Problem('precondition-failed', 'no')
  }
  await t.rejects(setDefaultPolicy(opened.unit, CALLER, 'open', refuse), { code: 'precondition-failed' })
  t.equal(site.defaultPolicy(), 'closed')
})

import type { Default } from '../domain/policy/policy.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'

/**
 * Says what a gateway may do of which no rule says anything.
 * @throws Problem policy-test-failed
 */
export function setDefaultPolicy(unit: Unit, caller: Caller, wanted: Default, expect: () => void): Promise<void> {
  return changePolicy(unit, caller, '/policy', (step) => {
    expect()
    const before = unit.store.site.defaultPolicy()
    if (before === wanted) return
    unit.store.site.setDefaultPolicy(wanted)
    step.touched.policy = true
    step.record('policy.default', wanted, { before })
  })
}

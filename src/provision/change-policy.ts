import type { Policy } from '../domain/policy/policy.ts'
import type { PolicyTest } from '../store/policy-tests.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change, type Step } from './change.ts'
import { failuresOf, refuseFailures } from './policy-tests.ts'
import { readPolicy } from './read-policy.ts'

export type { Caller } from './change.ts'

/**
 * As `change`, for what changes who may do what: a test of the policy that held before must hold afterwards. One that
 * failed already, because a gateway came or went meanwhile, must not keep anybody from mending it.
 * @throws Problem policy-test-failed, publish-pending
 */
export function changePolicy<T>(unit: Unit, caller: Caller, location: string, act: (step: Step) => T): Promise<T> {
  return change(unit, caller, location, (step) => {
    const tests = unit.store.policyTests.list()
    const before = tests.length > 0 ? readPolicy(unit) : undefined
    const revision = unit.store.site.revision()
    const value = act(step)
    const isChanged = unit.store.site.revision() !== revision
    if (before !== undefined && isChanged) refuseNewFailures(unit, tests, before)
    return value
  })
}

function refuseNewFailures(unit: Unit, tests: readonly PolicyTest[], before: Policy): void {
  const failures = failuresOf(unit, tests, readPolicy(unit))
  if (failures.length === 0) return
  const failing = failures.map(({ test }) => test)
  const known = new Set(failuresOf(unit, failing, before).map(({ test }) => test))
  refuseFailures(failures.filter(({ test }) => !known.has(test)))
}

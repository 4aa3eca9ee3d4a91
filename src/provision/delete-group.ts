import { type GroupName, quote } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { GroupRow } from '../store/groups.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup } from './known.ts'
import { gatewaysOf } from './members.ts'
import { testsNaming } from './policy-tests.ts'

/** How many places are named that keep a group. */
const PLACES_MAX = 10

/**
 * Removes a group with its members and rules. One that rules of other groups name, or tests, stays: what they would mean
 * without it is not ours to say.
 * @throws Problem group-unknown, group-in-use, policy-test-failed
 */
export function deleteGroup(unit: Unit, caller: Caller, name: GroupName, expect: Expectation<GroupRow>): Promise<void> {
  return changePolicy(unit, caller, '/groups', (step) => {
    const group = knownGroup(unit, name)
    expect(group)
    refuseUsed(unit, name)
    for (const member of unit.store.members.list(name)) {
      for (const gateway of gatewaysOf(unit, member)) step.touched.gateways.add(gateway)
    }
    unit.store.rules.replace(name, [])
    unit.store.groups.remove(name)
    step.touched.policy = true
    step.record('group.delete', name, { members: group.members, rules: group.rules })
  })
}

function refuseUsed(unit: Unit, name: GroupName): void {
  const rules = unit.store.rules.namingGroup(name).filter(({ group }) => group !== name)
  const places = [
    ...rules.map(({ group, position }) => `rule ${position} of ${group}`),
    ...testsNaming(unit, { kind: 'group', name }).map((test) => `the test ${quote(test)}`),
  ]
  if (places.length === 0) return
  const more = places.length > PLACES_MAX ? ` and ${places.length - PLACES_MAX} more` : ''
  throw new Problem(
    'group-in-use',
    `The group ${name} is named by ${places.slice(0, PLACES_MAX).join(', ')}${more}: change those first.`,
  )
}

import type { GroupName } from '../domain/names.ts'
import type { GroupRow } from '../store/groups.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { type Expectation, knownGroup } from './known.ts'

/**
 * Says what a group is for.
 * @throws Problem group-unknown
 */
export function describeGroup(
  unit: Unit,
  caller: Caller,
  name: GroupName,
  description: string,
  expect: Expectation<GroupRow>,
): Promise<GroupRow> {
  return change(unit, caller, `/groups/${name}`, (step) => {
    const group = knownGroup(unit, name)
    expect(group)
    if (group.description === description) return group
    unit.store.groups.describe(name, description)
    step.record('group.describe', name, { description })
    return knownGroup(unit, name)
  })
}

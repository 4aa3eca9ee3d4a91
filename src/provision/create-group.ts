import { type GroupName, quote } from '../domain/names.ts'
import { expectNoPeerWord } from '../domain/policy/peer.ts'
import { Problem } from '../domain/problem.ts'
import type { GroupRow } from '../store/groups.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { knownGroup } from './known.ts'

export type WantedGroup = { name: GroupName; description: string }

/**
 * Makes a group without members and rules, which changes what nobody may do.
 * @throws Problem group-exists; bad-name for a word that means somebody else in a rule
 */
export function createGroup(unit: Unit, caller: Caller, { name, description }: WantedGroup): Promise<GroupRow> {
  return change(unit, caller, `/groups/${name}`, (step) => {
    if (unit.store.groups.find(name) !== undefined) {
      throw new Problem('group-exists', `There is a group ${quote(name)} already.`)
    }
    expectNoPeerWord(name)
    unit.store.groups.insert({ name, description, createdAt: step.at })
    step.touched.policy = true
    step.record('group.create', name, { description })
    return knownGroup(unit, name)
  })
}

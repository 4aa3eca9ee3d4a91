import type { GroupName } from '../domain/names.ts'
import { formatRule, type Rule } from '../domain/policy/rule.ts'
import { Problem } from '../domain/problem.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup } from './known.ts'
import { placeOf } from './set-rules.ts'

/**
 * Takes a rule out of a group; those behind it move up. Returns the whole list.
 * @throws Problem group-unknown, rule-unknown, policy-test-failed
 */
export function removeRule(
  unit: Unit,
  caller: Caller,
  group: GroupName,
  position: number,
  expect: Expectation<GroupName>,
): Promise<Rule[]> {
  return changePolicy(unit, caller, placeOf(group), (step) => {
    knownGroup(unit, group)
    expect(group)
    const rules = unit.store.rules.list(group)
    const rule = rules[position - 1]
    if (rule === undefined) throw noRule(group, position, rules.length)
    unit.store.rules.remove({ group, position })
    step.touched.policy = true
    step.record('rule.remove', group, { position, rule: formatRule(rule) })
    return unit.store.rules.list(group)
  })
}

export function noRule(group: GroupName, position: number, rules: number): Problem {
  const there = rules === 0 ? 'it has none' : `it has ${rules}, counted from 1`
  return new Problem('rule-unknown', `The group ${group} has no rule ${position}: ${there}.`)
}

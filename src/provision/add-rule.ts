import type { GroupName } from '../domain/names.ts'
import { formatRule, type Rule } from '../domain/policy/rule.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup } from './known.ts'
import { noRule } from './remove-rule.ts'
import { placeOf, refuseMany, storedRule } from './set-rules.ts'

/**
 * Puts a rule at a position of a group, before the one that stands there, or behind them all, and returns the whole list.
 * @throws Problem group-unknown, rule-unknown, user-unknown, gateway-unknown, bad-request, policy-test-failed
 */
export function addRule(
  unit: Unit,
  caller: Caller,
  group: GroupName,
  rule: Rule,
  wanted: number | undefined,
  expect: Expectation<GroupName>,
): Promise<Rule[]> {
  return changePolicy(unit, caller, placeOf(group), (step) => {
    const { rules } = knownGroup(unit, group)
    expect(group)
    refuseMany(rules + 1)
    const position = wanted ?? rules + 1
    if (position > rules + 1) throw noRule(group, position, rules)
    unit.store.rules.insert({ group, position }, storedRule(unit, rule))
    step.touched.policy = true
    step.record('rule.add', group, { position, rule: formatRule(rule) })
    return unit.store.rules.list(group)
  })
}

import type { GroupName } from '../domain/names.ts'
import { formatRule, type Rule } from '../domain/policy/rule.ts'
import { Problem } from '../domain/problem.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup } from './known.ts'
import { noRule } from './remove-rule.ts'
import { placeOf, refuseMany, storedRule } from './set-rules.ts'

/**
 * Puts a rule at a position of a group, before the one that stands there, or behind them all, and returns the whole list.
 * @throws Problem group-unknown, rule-unknown, user-unknown, gateway-unknown, bad-request, policy-test-failed; bad-rule when
 * the group has it already
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
    refuseTwin(unit, group, rule)
    unit.store.rules.insert({ group, position }, storedRule(unit, rule))
    step.touched.policy = true
    step.record('rule.add', group, { position, rule: formatRule(rule) })
    return unit.store.rules.list(group)
  })
}

/** The first of two equal rules decides, and the second would only be there to be forgotten when the first goes. */
function refuseTwin(unit: Unit, group: GroupName, rule: Rule): void {
  const text = JSON.stringify(formatRule(rule))
  const at = unit.store.rules.list(group).findIndex((one) => JSON.stringify(formatRule(one)) === text)
  if (at < 0) return
  throw new Problem('bad-rule', `The group ${group} has this rule already, at position ${at + 1}.`)
}

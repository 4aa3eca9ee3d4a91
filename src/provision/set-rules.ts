import type { GroupName } from '../domain/names.ts'
import type { Rule } from '../domain/policy/rule.ts'
import { Problem } from '../domain/problem.ts'
import type { StoredRule } from '../store/rule-writes.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup, knownPeer } from './known.ts'

/** How many rules a group holds. */
export const RULES_MAX = 1000

/**
 * Makes these the rules of a group, in this order, and returns them.
 * @throws Problem group-unknown, user-unknown, gateway-unknown, bad-request, policy-test-failed
 */
export function setRules(
  unit: Unit,
  caller: Caller,
  group: GroupName,
  rules: readonly Rule[],
  expect: Expectation<GroupName>,
): Promise<Rule[]> {
  return changePolicy(unit, caller, placeOf(group), (step) => {
    const before = knownGroup(unit, group)
    expect(group)
    refuseMany(rules.length)
    unit.store.rules.replace(
      group,
      rules.map((rule) => storedRule(unit, rule)),
    )
    step.touched.policy = true
    step.record('rules.set', group, { before: before.rules, rules: rules.length })
    return unit.store.rules.list(group)
  })
}

export function placeOf(group: GroupName): string {
  return `/groups/${group}/rules`
}

/**
 * A rule with whom it names, as the database knows them.
 * @throws Problem group-unknown, user-unknown, gateway-unknown
 */
export function storedRule(unit: Unit, rule: Rule): StoredRule {
  const hasGroup = (name: GroupName) => unit.store.groups.find(name) !== undefined
  return { ...rule, reference: knownPeer(unit, rule.peer, hasGroup) }
}

/** @throws Problem bad-request */
export function refuseMany(rules: number): void {
  if (rules > RULES_MAX) throw new Problem('bad-request', `A group holds at most ${RULES_MAX} rules.`)
}

import type { GroupName } from '../domain/names.ts'
import { formatPeer } from '../domain/policy/peer.ts'
import type { Member } from '../domain/policy/policy.ts'
import { formatRule, type RuleText } from '../domain/policy/rule.ts'
import type { Unit } from '../unit.ts'
import type { Step } from './change.ts'
import { knownMember } from './known.ts'
import { testsNaming } from './policy-tests.ts'

/** What went from the policy with a user or a gateway, for the audit. */
type Forgotten = {
  rulesRemoved?: { group: GroupName; position: number; rule: RuleText }[]
  testsRemoved?: string[]
}

/**
 * Takes the rules and tests out that name somebody who is to be removed: a policy never keeps a gateway from being
 * deleted. Memberships go with the row itself.
 */
export function forgetInPolicy(unit: Unit, step: Step, member: Member): Forgotten {
  const { rules, policyTests } = unit.store
  const reference = knownMember(unit, member)
  const places =
    'userNumber' in reference ? rules.namingUser(reference.userNumber) : rules.namingGateway(reference.gatewayId)
  const rulesRemoved = places.map(({ group, position }) => {
    const rule = rules.list(group)[position - 1]
    if (rule === undefined) throw new Error(`the group ${group} has no rule ${position}`)
    return { group, position, rule: formatRule(rule) }
  })
  // From the end: those behind a rule move up when it goes.
  for (const place of places.toReversed()) rules.remove(place)
  const testsRemoved = testsNaming(unit, member)
  if (testsRemoved.length > 0) {
    const name = formatPeer(member)
    policyTests.replace(policyTests.list().filter(({ from, to }) => from !== name && to !== name))
  }
  if (rulesRemoved.length > 0) step.touched.policy = true
  return {
    ...(rulesRemoved.length > 0 && { rulesRemoved }),
    ...(testsRemoved.length > 0 && { testsRemoved }),
  }
}

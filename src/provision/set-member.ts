import type { GroupName } from '../domain/names.ts'
import { formatMember, type Member } from '../domain/policy/policy.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changePolicy } from './change-policy.ts'
import { type Expectation, knownGroup, knownMember } from './known.ts'
import { gatewaysOf } from './members.ts'

/**
 * Makes a user, with whatever gateways it has, or a gateway a member of a group, or none any more. What is so already is
 * no change.
 * @throws Problem group-unknown, user-unknown, gateway-unknown, policy-test-failed
 */
export function setMember(
  unit: Unit,
  caller: Caller,
  group: GroupName,
  member: Member,
  isWanted: boolean,
  expect: Expectation<GroupName>,
): Promise<void> {
  return changePolicy(unit, caller, `/groups/${group}/members`, (step) => {
    knownGroup(unit, group)
    expect(group)
    const reference = knownMember(unit, member)
    const { members } = unit.store
    const isChanged = isWanted ? members.add(group, reference) : members.remove(group, reference)
    if (!isChanged) return
    for (const gateway of gatewaysOf(unit, member)) step.touched.gateways.add(gateway)
    step.record(isWanted ? 'member.add' : 'member.remove', group, { member: formatMember(member) })
  })
}

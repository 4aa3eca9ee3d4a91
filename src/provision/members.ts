import type { Fqdn } from '../domain/names.ts'
import type { Member } from '../domain/policy/policy.ts'
import type { Unit } from '../unit.ts'
import { knownMember } from './known.ts'

/**
 * The gateways that a member brings into a group.
 * @throws Problem user-unknown, gateway-unknown
 */
export function gatewaysOf(unit: Unit, member: Member): Fqdn[] {
  const reference = knownMember(unit, member)
  if (member.kind === 'gateway') return [member.name]
  return 'userNumber' in reference ? unit.store.gateways.namesOfUser(reference.userNumber) : []
}

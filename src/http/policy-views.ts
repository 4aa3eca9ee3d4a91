import { formatTime } from '../domain/lifetime.ts'
import type { Fqdn, GroupName } from '../domain/names.ts'
import { formatMember, type Member } from '../domain/policy/policy.ts'
import { formatRule } from '../domain/policy/rule.ts'
import type { GroupRow } from '../store/groups.ts'
import type { Unit } from '../unit.ts'

/** A group as the API shows it. */
export function viewGroup({ name, description, members, rules, createdAt }: GroupRow) {
  return { name, description, members, rules, createdAt: formatTime(createdAt) }
}

export function viewMember(member: Member) {
  return { member: formatMember(member), ...member }
}

export function viewMembers(unit: Unit, group: GroupName) {
  return unit.store.members.list(group).map(viewMember)
}

export function viewRules(unit: Unit, group: GroupName) {
  return unit.store.rules.list(group).map(formatRule)
}

/** What a gateway's groups say, in the order in which they are asked. */
export function viewEffectiveRules(unit: Unit, gateway: { name: Fqdn; user: string }) {
  const groups = unit.store.members.groupsOf(gateway.name)
  return {
    gateway: gateway.name,
    default: unit.store.site.defaultPolicy(),
    groups,
    rules: viewAppliedRules(unit, gateway),
  }
}

/** The same rules, each with where it comes from. */
export function viewAppliedRules(
  unit: Unit,
  { name, user }: { name: Fqdn; user: string },
  rulesOf = (group: GroupName) => viewRules(unit, group),
) {
  const byGroup = Map.groupBy(unit.store.members.ofGateway(name), ({ group }) => group)
  return [...byGroup].flatMap(([group, memberships]) => {
    const via = memberships.map((one) => (one.via === 'user' ? `user:${user}` : `gateway:${name}`))
    return rulesOf(group).map((rule, at) => ({ group, position: at + 1, via, ...rule }))
  })
}

/** What the API answers, for those who ask it. */
export type GroupView = ReturnType<typeof viewGroup>
export type MemberView = ReturnType<typeof viewMember>
export type RuleView = ReturnType<typeof viewRules>[number]
export type AppliedRuleView = ReturnType<typeof viewAppliedRules>[number]
export type EffectiveRulesView = ReturnType<typeof viewEffectiveRules>

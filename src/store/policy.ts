import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { PlacedGateway } from '../domain/policy/world.ts'
import type { Store } from './store.ts'

/** What the policy is read from. */
export type PolicyTables = Pick<Store, 'groups' | 'members' | 'rules' | 'site'>

/** The policy as the database has it. */
export function policyOf({ groups, members, rules, site }: PolicyTables): Policy {
  const [allMembers, allRules] = [members.listAll(), rules.listAll()]
  const list = groups.list().map(({ name }) => ({
    name,
    rules: allRules.get(name) ?? [],
    members: allMembers.get(name) ?? [],
  }))
  return { default: site.defaultPolicy(), groups: list }
}

/** Every gateway in its place, and in the groups that a policy, which may be one that is only proposed, puts it. */
export function placedGateways({ members }: Pick<Store, 'members'>, policy: Policy): PlacedGateway[] {
  const byName = new Map<UserName | Fqdn, GroupName[]>()
  for (const group of policy.groups) {
    for (const member of group.members) {
      const known = byName.get(member.name)
      if (known === undefined) byName.set(member.name, [group.name])
      else known.push(group.name)
    }
  }
  return members.plannedGateways().map((gateway) => ({
    ...gateway,
    groups: [...new Set([...(byName.get(gateway.name) ?? []), ...(byName.get(gateway.user) ?? [])])].sort(),
  }))
}

import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { type PlacedGateway, type World, worldOf } from '../domain/policy/world.ts'
import type { PlannedGateway } from '../store/group-members.ts'
import type { Unit } from '../unit.ts'

/** The policy as the database has it. */
export function readPolicy({ store }: Unit): Policy {
  const members = store.members.listAll()
  const rules = store.rules.listAll()
  const groups = store.groups.list().map(({ name }) => ({
    name,
    rules: rules.get(name) ?? [],
    members: members.get(name) ?? [],
  }))
  return { default: store.site.defaultPolicy(), groups }
}

/** Who is where, and in which groups by the members of a policy, which may be one that is only proposed. */
export function readWorld({ store, config }: Unit, policy: Policy): World {
  return worldOf(config.plan, placeGateways(store.members.plannedGateways(), policy))
}

function placeGateways(gateways: readonly PlannedGateway[], policy: Policy): PlacedGateway[] {
  const byName = new Map<UserName | Fqdn, GroupName[]>()
  for (const { name, members } of policy.groups) {
    for (const member of members) {
      const known = byName.get(member.name)
      if (known === undefined) byName.set(member.name, [name])
      else known.push(name)
    }
  }
  return gateways.map((gateway) => ({
    ...gateway,
    groups: [...new Set([...(byName.get(gateway.name) ?? []), ...(byName.get(gateway.user) ?? [])])].sort(),
  }))
}

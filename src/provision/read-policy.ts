import type { Policy } from '../domain/policy/policy.ts'
import { type World, worldOf } from '../domain/policy/world.ts'
import { placedGateways, policyOf } from '../store/policy.ts'
import type { Unit } from '../unit.ts'

/** The policy as the database has it. */
export function readPolicy({ store }: Unit): Policy {
  return policyOf(store)
}

/** Who is where, and in which groups by the members of a policy, which may be one that is only proposed. */
export function readWorld({ store, config }: Unit, policy: Policy): World {
  return worldOf(config.plan, placedGateways(store, policy))
}

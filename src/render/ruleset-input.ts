import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import { gatewayPrefix, type Plan } from '../domain/plan.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { World } from '../domain/policy/world.ts'
import type { Prefix } from '../domain/prefix.ts'

/** A gateway that is connected, and the device of the instance that it is connected to. */
export type Connected = {
  readonly prefix: Prefix
  readonly device: string
  readonly groups: readonly GroupName[]
}

/** Where those are whom a rule may name. Who is not here is nobody, and no packet is his. */
export type Peers = {
  readonly plan: Plan
  readonly gatewayPrefixes: ReadonlyMap<Fqdn, Prefix>
  readonly userPrefixes: ReadonlyMap<UserName, Prefix>
  /** The prefixes of all the gateways of a group, connected or not. */
  readonly memberPrefixes: ReadonlyMap<GroupName, readonly Prefix[]>
}

/** All that the ruleset is made of. */
export type RulesetInput = Peers & {
  /** The tunnels' devices, of every instance. */
  readonly devices: readonly string[]
  readonly policy: {
    readonly default: Policy['default']
    readonly groups: readonly Pick<Policy['groups'][number], 'name' | 'rules'>[]
  }
  readonly connected: readonly Connected[]
  /** Whether the kernel's log says what is dropped, ten lines a second at most for each reason. */
  readonly log: boolean
}

/** The same of a world, as the model knows it. */
export function peersOf({ plan, gateways, blocks }: World): Peers {
  const gatewayPrefixes = new Map<Fqdn, Prefix>()
  const memberPrefixes = new Map<GroupName, Prefix[]>()
  for (const gateway of gateways.values()) {
    const prefix = gatewayPrefix(plan, gateway)
    gatewayPrefixes.set(gateway.name, prefix)
    for (const group of gateway.groups) {
      const members = memberPrefixes.get(group)
      if (members === undefined) memberPrefixes.set(group, [prefix])
      else members.push(prefix)
    }
  }
  return { plan, gatewayPrefixes, userPrefixes: blocks, memberPrefixes }
}

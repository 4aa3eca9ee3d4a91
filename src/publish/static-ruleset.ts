import { gatewayPrefix, type Plan } from '../domain/plan.ts'
import { worldOf } from '../domain/policy/world.ts'
import type { Placed } from '../render/ruleset-growth.ts'
import { peersOf, type RulesetInput } from '../render/ruleset-input.ts'
import type { PublishedGateway } from '../store/gateways.ts'
import { type PolicyTables, placedGateways, policyOf } from '../store/policy.ts'
import type { Store } from '../store/store.ts'

export type FirewallSettings = { plan: Plan; device: string; isFirewallLogged: boolean }

export type FirewallTables = PolicyTables & Pick<Store, 'gateways'>

/** A gateway where the static server would have it: one that is disabled is not connected. */
export function placeOf(
  { plan, device }: FirewallSettings,
  gateway: PublishedGateway,
  groups: Placed['groups'],
): Placed {
  return { prefix: gatewayPrefix(plan, gateway), device, groups, isConnected: gateway.enabled }
}

/**
 * What the ruleset of static mode is made of, where nobody tells who is connected: as if everybody were who may be. Also
 * where each gateway is, by its name.
 */
export function readStaticRuleset(
  store: FirewallTables,
  settings: FirewallSettings,
): { input: RulesetInput; places: Map<string, Placed> } {
  const policy = policyOf(store)
  const world = worldOf(settings.plan, placedGateways(store, policy))
  const places = new Map(
    store.gateways.listPublished().map((gateway) => {
      return [gateway.name as string, placeOf(settings, gateway, world.gateways.get(gateway.name)?.groups ?? [])]
    }),
  )
  const connected = [...places.values()].filter(({ isConnected }) => isConnected)
  const { device, isFirewallLogged: log } = settings
  return { input: { ...peersOf(world), devices: [device], policy, connected, log }, places }
}

/**
 * What a change touched, and so what of the files must be rendered again. Nothing else is. `gateways` are also those whose
 * groups are others now; `policy` is what all of them share: rules of groups, and the default.
 */
export type Touched = { gateways: Set<string>; crl: boolean; server: boolean; policy: boolean }

/** Stands for every gateway, and for what is in their folder and belongs to none. No name can be this. */
export const EVERY_GATEWAY = '*'

export function nothingTouched(): Touched {
  return { gateways: new Set(), crl: false, server: false, policy: false }
}

export function isNothing(touched: Touched): boolean {
  return touched.gateways.size === 0 && !touched.crl && !touched.server && !touched.policy
}

/** Adds `more` to `touched`. */
export function touchAlso(touched: Touched, more: Touched): void {
  for (const gateway of more.gateways) touched.gateways.add(gateway)
  touched.crl ||= more.crl
  touched.server ||= more.server
  touched.policy ||= more.policy
}

/** Whether something is in both. */
export function overlaps(one: Touched, other: Touched): boolean {
  const isShared = (one.crl && other.crl) || (one.server && other.server) || (one.policy && other.policy)
  return isShared || sharesGateway(one.gateways, other.gateways) || sharesGateway(other.gateways, one.gateways)
}

function sharesGateway(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.has(EVERY_GATEWAY)) return other.size > 0
  return [...one].some((gateway) => other.has(gateway))
}

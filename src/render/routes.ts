import { gatewayPrefix, type Place, type Plan } from '../domain/plan.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { word } from './fill.ts'

/**
 * What answers for the part of the site prefix that no gateway has: "unreachable" at once instead of silence [facts
 * 1.8]. The metric is the highest in use, so that any other route of the host wins.
 */
export function renderUnreachable(plan: Plan): string {
  return `unreachable ${word(formatPrefix(plan.site))} metric 4096\n`
}

/** A gateway's line of ip/routes, in the words of `ip -6 route add`. */
export function renderRoute(plan: Plan, place: Place, device: string): string {
  return `${word(formatPrefix(gatewayPrefix(plan, place)))} dev ${word(device)}\n`
}

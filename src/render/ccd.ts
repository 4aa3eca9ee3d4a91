import { addressesOf, type Place, type Plan } from '../domain/plan.ts'
import { formatPrefix, type Prefix } from '../domain/prefix.ts'
import { fill, readTemplate, word } from './fill.ts'

const ENABLED = readTemplate('ccd')
const DISABLED = readTemplate('ccd-disabled')

/** A gateway's file in client-config-dir: its address, its prefix, and the routes it is to send into the tunnel. */
export function renderCcd(plan: Plan, gateway: Place & { enabled: boolean }, pushRoutes: readonly Prefix[]): string {
  if (!gateway.enabled) return fill(DISABLED, {})
  const { prefix, address } = addressesOf(plan, gateway)
  const pushes = pushRoutes.map((route) => `push "route-ipv6 ${word(formatPrefix(route))}"`)
  return `${fill(ENABLED, { address: word(address), prefix: word(prefix), pushRoutes: pushes.join('\n') }).trimEnd()}\n`
}

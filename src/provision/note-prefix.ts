import { formatPrefix, parsePrefix } from '../domain/prefix.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'

/** Notes which site prefix the gateways are in from now on, and in the audit that it was another one. */
export async function notePrefix(unit: Unit): Promise<void> {
  const from = unit.store.site.find()?.prefix
  const prefix = formatPrefix(unit.config.plan.site)
  if (from === prefix) return
  if (from === null || from === undefined || parsePrefix(from).address === unit.config.plan.site.address) {
    // It was never noted, or is only longer or shorter: nobody moves.
    await unit.store.write(() => unit.store.site.setPrefix(prefix))
    return
  }
  await change(unit, SERVICE, '/status', (step) => {
    unit.store.site.setPrefix(prefix)
    step.record('site.renumber', prefix, { from, gateways: unit.store.gateways.total() })
  })
}

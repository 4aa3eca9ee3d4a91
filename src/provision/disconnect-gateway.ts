import type { Fqdn } from '../domain/names.ts'
import type { OrderReceipt } from '../feed/orders.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { type Expectation, knownGateway } from './known.ts'

/**
 * Ends the sessions of a gateway, which may come back at once: it changes nothing of what it may do. A host that is away
 * is not asked later.
 * @throws Problem gateway-unknown
 */
export async function disconnectGateway(
  unit: Unit,
  caller: Caller,
  name: Fqdn,
  expect: Expectation<GatewayRow>,
): Promise<OrderReceipt> {
  expect(knownGateway(unit, name))
  const receipt = await unit.feed.order('disconnect', [name], unit.store.hosts.names())
  await change(unit, caller, `/gateway/${name}`, (step) => {
    const ended = receipt.instances.reduce((sum, instance) => sum + instance.ended, 0)
    step.record('gateway.disconnect', name, { sessionsEnded: ended, notReached: receipt.notReached })
  })
  return receipt
}

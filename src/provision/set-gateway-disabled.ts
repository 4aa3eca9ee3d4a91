import type { Fqdn } from '../domain/names.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changeAndEnd, type Done } from './change.ts'
import { type Expectation, knownGateway } from './known.ts'

/**
 * Disables a gateway or enables it again. Its certificate stays as it is: enabling needs no new profile.
 * @throws Problem gateway-unknown
 */
export function setGatewayDisabled(
  unit: Unit,
  caller: Caller,
  name: Fqdn,
  disabled: boolean,
  expect: Expectation<GatewayRow>,
): Promise<Done<GatewayRow>> {
  return changeAndEnd(unit, caller, `/gateway/${name}`, (step) => {
    const gateway = knownGateway(unit, name)
    expect(gateway)
    if (gateway.disabled === disabled) return gateway
    unit.store.gateways.setDisabled(gateway.id, disabled)
    step.touched.gateways.add(name)
    if (disabled) step.endSessions(name)
    step.record(disabled ? 'gateway.disable' : 'gateway.enable', name)
    return knownGateway(unit, name)
  })
}

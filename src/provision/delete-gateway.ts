import { SLOT_REST_MS } from '../domain/lifetime.ts'
import type { Fqdn } from '../domain/names.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changeAndEnd, type Done } from './change.ts'
import { forgetInPolicy } from './forget-in-policy.ts'
import { type Expectation, knownGateway } from './known.ts'
import { revokeCertificates } from './revoke-certificates.ts'

/** What a removal did: the serials that are revoked by it, and the list that says so. */
export type Removal = { gateway: Fqdn; revokedSerials: string[]; crlNumber: number }

/**
 * Removes a gateway and revokes every certificate of it that is still good. Its slot rests for a day, its sessions end,
 * and rules that name it go with it.
 * @throws Problem gateway-unknown
 */
export function deleteGateway(
  unit: Unit,
  caller: Caller,
  name: Fqdn,
  expect: Expectation<GatewayRow>,
): Promise<Done<Removal>> {
  return changeAndEnd(unit, caller, '/gateways', (step) => {
    const gateway = knownGateway(unit, name)
    expect(gateway)
    const certificates = unit.store.certificates.listOfGateway(gateway.id)
    const revokedSerials = revokeCertificates(unit, step, certificates, 'cessationOfOperation')
    const forgotten = forgetInPolicy(unit, step, { kind: 'gateway', name })
    unit.store.gateways.remove(gateway.id)
    unit.store.gateways.wakeRestedSlots(new Date(step.at.getTime() - SLOT_REST_MS))
    unit.store.gateways.restSlot(gateway, step.at)
    step.touched.gateways.add(name)
    step.endSessions(name)
    const crlNumber = revokedSerials.length > 0 ? step.renewCrl() : unit.store.site.crlNumber()
    step.record('gateway.delete', name, { user: gateway.user, slot: gateway.slot, revokedSerials, ...forgotten })
    return { gateway: name, revokedSerials, crlNumber }
  })
}

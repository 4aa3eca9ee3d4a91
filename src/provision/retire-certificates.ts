import type { Fqdn } from '../domain/names.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'
import { revokeCertificates } from './revoke-certificates.ts'

/**
 * Revokes what a renewal left to be retired, when `serial`, another certificate of the gateway, has been used. Sessions on
 * the retired ones are ended by the agents, who are told that those are accepted no more.
 * @returns the serials that are revoked now, none when there was nothing to retire
 */
export async function retireCertificates(unit: Unit, name: Fqdn, serial: string): Promise<string[]> {
  if (retired(unit, name, serial).length === 0) return []
  return change(unit, SERVICE, `/gateway/${name}`, (step) => {
    const certificates = retired(unit, name, serial)
    const revokedSerials = revokeCertificates(unit, step, certificates, 'superseded')
    if (revokedSerials.length === 0) return []
    step.renewCrl()
    step.tellAgents(name)
    step.record('gateway.retire', name, { serial, revokedSerials })
    return revokedSerials
  })
}

/** The certificates that end with the use of `serial`: none unless it is one of the gateway's that stay. */
function retired(unit: Unit, name: Fqdn, serial: string) {
  const gateway = unit.store.gateways.find(name)
  if (gateway === undefined) return []
  const certificates = unit.store.certificates.listOfGateway(gateway.id)
  const isUsed = certificates.some((one) => one.serial === serial && !one.retireOnUse && one.revokedAt === null)
  if (!isUsed) return []
  return certificates.filter(({ retireOnUse, revokedAt }) => retireOnUse && revokedAt === null)
}

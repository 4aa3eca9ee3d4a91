import type { RevocationList } from '../ca/revocation-list.ts'
import { forgottenBefore, isCrlDue } from '../domain/lifetime.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'

/**
 * At start: brings the revocation list in place and the database together. What a list of ours has revoked stays
 * revoked, though the database was restored from before that; any other difference is the database's to decide.
 * Returns whether a new list was made.
 */
export async function healCrl(unit: Unit): Promise<boolean> {
  const list = unit.publisher.readCrl()
  const wanted = new Set(unit.store.certificates.listRevoked(forgottenBefore(unit.now())).map(({ serial }) => serial))
  const lost = lostRevocations(unit, list, wanted)
  if (list !== undefined && lost.length === 0 && isGood(unit, list, wanted)) return false
  await change(unit, SERVICE, '/status', (step) => {
    for (const serial of lost) {
      if (unit.store.certificates.find(serial) === undefined) unit.store.certificates.revokeStranger(serial, step.at)
      else unit.store.certificates.revoke(serial, step.at, 'cessationOfOperation')
    }
    const number = step.renewCrl(list?.number)
    step.record('crl.heal', 'crl', { number, revokedAgain: lost })
  })
  return true
}

/** What the list in place has revoked and the database has not. */
function lostRevocations(unit: Unit, list: RevocationList | undefined, wanted: ReadonlySet<string>): string[] {
  const unknown = (list?.serials ?? []).filter((serial) => !wanted.has(serial))
  return unknown.filter((serial) => !unit.store.certificates.find(serial)?.revokedAt)
}

function isGood(unit: Unit, list: RevocationList, wanted: ReadonlySet<string>): boolean {
  const serials = new Set(list.serials)
  const isDue = isCrlDue({ from: list.thisUpdate, until: list.nextUpdate }, unit.now())
  return !isDue && list.number === unit.store.site.crlNumber() && [...wanted].every((serial) => serials.has(serial))
}

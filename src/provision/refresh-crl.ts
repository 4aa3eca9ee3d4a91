import { forgottenBefore, isCrlDue } from '../domain/lifetime.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'

/**
 * Makes the revocation list anew when it is due though nothing was revoked, or gone. Returns whether it was. One that
 * is on its way already, but can't be written, is not asked for again.
 */
export async function refreshCrl(unit: Unit): Promise<boolean> {
  const list = unit.publisher.crl()
  const isGood = list !== undefined && !isCrlDue({ from: list.thisUpdate, until: list.nextUpdate }, unit.now())
  if (isGood || unit.publisher.state().isCrlPending) return false
  await change(unit, SERVICE, '/status', (step) => {
    const forgotten = forgetEnded(unit, step.at, new Set(list?.serials))
    const number = step.renewCrl()
    step.record('crl.refresh', 'crl', { number, forgotten })
  })
  return true
}

/**
 * Forgets certificates that ended long ago and whose gateway is gone. Not while the list in place still has them: a
 * serial in it that no row knows would be taken for one that a restore has lost. Returns how many.
 */
function forgetEnded(unit: Unit, now: Date, listed: ReadonlySet<string>): number {
  const ended = unit.store.certificates.listEnded(forgottenBefore(now)).filter((serial) => !listed.has(serial))
  for (const serial of ended) unit.store.certificates.forget(serial)
  return ended.length
}

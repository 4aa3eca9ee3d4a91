import { forgottenBefore, isCrlDue } from '../domain/lifetime.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'

/** Makes the revocation list anew when it is due though nothing was revoked. Returns whether it was. */
export async function refreshCrl(unit: Unit): Promise<boolean> {
  const list = unit.publisher.crl()
  if (list !== undefined && !isCrlDue({ from: list.thisUpdate, until: list.nextUpdate }, unit.now())) return false
  await change(unit, SERVICE, '/status', (step) => {
    const forgotten = unit.store.certificates.forgetEnded(forgottenBefore(step.at))
    const number = step.renewCrl()
    step.record('crl.refresh', 'crl', { number, forgotten })
  })
  return true
}

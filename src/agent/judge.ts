import { addressesOf } from '../domain/plan.ts'
import { authorize } from './authorize.ts'
import type { Session } from './sessions.ts'
import type { StateCopy } from './state-copy.ts'

/**
 * Why a session must end by what is known now; undefined when it may go on. Of one whose certificate nobody here has seen
 * it is noted which it may have: it is over with the first of them, and whoever has another is back with its serial.
 */
export function faultOf(copy: StateCopy, session: Session): string | undefined {
  const verdict = authorize(copy, session.gateway, session.serial)
  if (verdict.kind === 'deny') return verdict.reason
  // Without a state nothing is known against it.
  if (verdict.kind === 'later' || copy.site === undefined) return undefined
  const { serials } = verdict.access
  if (session.serial === null) {
    session.candidates ??= serials
    const isSure = session.candidates.every((serial) => serials.includes(serial))
    if (!isSure) return 'its certificate may be one that is revoked or replaced'
  }
  const { address } = addressesOf(copy.site.plan, verdict.access)
  return session.address === address ? undefined : 'it has not the address of the gateway'
}

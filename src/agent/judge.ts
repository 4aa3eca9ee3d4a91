import { addressesOf } from '../domain/plan.ts'
import { authorize } from './authorize.ts'
import type { Session } from './sessions.ts'
import type { StateCopy } from './state-copy.ts'

/** Why a session must end by what is known now; undefined when it may go on. */
export function faultOf(copy: StateCopy, session: Session): string | undefined {
  const verdict = authorize(copy, session.gateway, session.serial)
  if (verdict.kind === 'deny') return verdict.reason
  // Without a state nothing is known against it.
  if (verdict.kind === 'later' || copy.site === undefined) return undefined
  const { address } = addressesOf(copy.site.plan, verdict.access)
  return session.address === address ? undefined : 'it has not the address of the gateway'
}

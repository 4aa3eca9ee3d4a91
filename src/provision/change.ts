import { Problem } from '../domain/problem.ts'
import { nothingTouched, type Touched } from '../publish/touched.ts'
import type { Unit } from '../unit.ts'

/** On whose behalf something changes, for the audit. */
export type Caller = { actor: string; requestId: string }

/** The service itself: what it does by the clock. */
export const SERVICE: Caller = { actor: 'vpnunit', requestId: '-' }

/** One change under way, inside its transaction. */
export type Step = {
  readonly at: Date
  readonly touched: Touched
  /** Raises the revision and writes the row of the audit that belongs to it. */
  record(action: string, object: string, detail?: Record<string, unknown>): void
  /** Raises the number of the revocation list, which is then made anew. */
  renewCrl(least?: number): number
}

/**
 * The one way in which anything changes: `act` in one transaction, then the files, then the answer. `location` is where
 * the object can be seen when its files can't be written yet.
 * @throws Problem publish-pending: the change stands, and its files follow by themselves
 */
export async function change<T>(unit: Unit, caller: Caller, location: string, act: (step: Step) => T): Promise<T> {
  const touched = nothingTouched()
  const value = await unit.store.write(() => act(createStep(unit, caller, touched)))
  try {
    await unit.publisher.publish(touched)
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    throw new Problem(
      'publish-pending',
      `The change is made and stays, but its files can't be written yet: ${fault}. It is tried again until it succeeds.`,
      { location },
      { cause: error },
    )
  }
  return value
}

function createStep(unit: Unit, caller: Caller, touched: Touched): Step {
  const at = unit.now()
  return {
    at,
    touched,
    record: (action, object, detail = {}) => {
      const revision = unit.store.site.raiseRevision()
      unit.store.audit.insert({ revision, at, action, object, detail, ...caller })
    },
    renewCrl: (least) => {
      touched.crl = true
      return unit.store.site.raiseCrlNumber(least)
    },
  }
}

import { formatTime } from '../domain/lifetime.ts'
import type { Fqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Happening } from '../feed/event-log.ts'
import type { OrderReceipt } from '../feed/orders.ts'
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
  /** Names a gateway of which agents must know something else now, though none of its files changes. */
  tellAgents(gateway: Fqdn): void
  /** Names a gateway whose sessions this change ends, wherever it is connected. */
  endSessions(gateway: Fqdn): void
}

/** What came of a change: its value, and what the VPN hosts answered where it ended sessions. */
export type Done<T> = { value: T; sessions: OrderReceipt }

/** What a change leaves to be done when it is committed. */
type Draft = { touched: Touched; told: Fqdn[]; ended: Fqdn[]; happenings: Happening[] }

/**
 * The one way in which anything changes: `act` in one transaction, then the agents and the files, then the answer.
 * `location` is where the object can be seen when its files can't be written yet.
 * @throws Problem publish-pending: the change stands, and its files follow by themselves
 */
export async function change<T>(unit: Unit, caller: Caller, location: string, act: (step: Step) => T): Promise<T> {
  return (await changeAndEnd(unit, caller, location, act)).value
}

/** As `change`, for a change that ends sessions: also tells what was found of them. */
export async function changeAndEnd<T>(
  unit: Unit,
  caller: Caller,
  location: string,
  act: (step: Step) => T,
): Promise<Done<T>> {
  const draft: Draft = { touched: nothingTouched(), told: [], ended: [], happenings: [] }
  const value = await unit.store.write(() => act(createStep(unit, caller, draft)))
  const sessions = tell(unit, draft)
  try {
    await unit.publisher.publish(draft.touched)
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    throw new Problem(
      'publish-pending',
      `The change is made and stays, but its files can't be written yet: ${fault}. It is tried again until it succeeds.`,
      { location },
      { cause: error },
    )
  }
  return { value, sessions: await sessions }
}

/** The order before the state, so that an agent counts what it ends, and not that it had ended it already. */
function tell({ feed, store }: Unit, { touched, told, ended, happenings }: Draft): Promise<OrderReceipt> {
  const sessions = ended.length > 0 ? feed.order('withdraw', ended, store.hosts.names()) : NOTHING_ENDED
  feed.changed({ gateways: new Set([...touched.gateways, ...told]), policy: touched.policy })
  for (const happening of happenings) feed.events.add(happening)
  return Promise.resolve(sessions)
}

const NOTHING_ENDED: OrderReceipt = { instances: [], notReached: [] }

function createStep(unit: Unit, caller: Caller, { touched, told, ended, happenings }: Draft): Step {
  const at = unit.now()
  return {
    at,
    touched,
    record: (action, object, detail = {}) => {
      const revision = unit.store.site.raiseRevision()
      unit.store.audit.insert({ revision, at, action, object, detail, ...caller })
      happenings.push({ type: 'change', at: formatTime(at), revision, actor: caller.actor, action, object })
    },
    renewCrl: (least) => {
      touched.crl = true
      return unit.store.site.raiseCrlNumber(least)
    },
    tellAgents: (gateway) => {
      told.push(gateway)
    },
    endSessions: (gateway) => {
      ended.push(gateway)
    },
  }
}

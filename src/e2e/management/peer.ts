import type { ManagementEvent } from '../../agent/management/events.ts'
import { ManagementError } from '../../agent/management/management-error.ts'
import { type ManagementSession, openManagementSession } from '../../agent/management/session.ts'
import type { SessionOptions } from '../../agent/management/session-options.ts'
import type { Running } from '../lab/process.ts'
import { type Owner, undoAtEnd } from '../lab/undo.ts'
import { until } from '../lab/until.ts'

const PATIENCE_MS = 10_000

type Type = ManagementEvent['type']
type Of<T extends Type> = Extract<ManagementEvent, { type: T }>

/** Everything that a session told, and waiting for what it has not told yet. */
export class Recorder {
  readonly events: ManagementEvent[] = []
  #wake: (() => void)[] = []

  readonly onEvent = (event: ManagementEvent): void => {
    this.events.push(event)
    for (const wake of this.#wake.splice(0)) wake()
  }

  all<T extends Type>(type: T): Of<T>[] {
    return this.events.filter((event): event is Of<T> => event.type === type)
  }

  /** The first event of a type that is as wanted, from a place on. */
  async next<T extends Type>(type: T, isWanted: (event: Of<T>) => boolean = () => true, from = 0): Promise<Of<T>> {
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      const found = this.events
        .slice(from)
        .find((event): event is Of<T> => event.type === type && isWanted(event as Of<T>))
      if (found !== undefined) return found
      if (performance.now() > end) throw new Error(`no ${type} in ${JSON.stringify(this.events)}`)
      await this.#more(end - performance.now())
    }
  }

  #more(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** An OpenVPN and our session with it. */
export type Peer = { process: Running; path: string; session: ManagementSession; said: Recorder }

/** Connects to an OpenVPN that was just started, as soon as its socket is there. */
export async function meet(
  owner: Owner,
  process: Running,
  path: string,
  options: Partial<SessionOptions> = {},
): Promise<Peer> {
  const said = new Recorder()
  let session: ManagementSession | undefined
  await until(`OpenVPN listens on ${path}`, PATIENCE_MS, async () => {
    if (process.ending !== undefined) throw new Error(`OpenVPN ended:\n${process.output}`)
    // The socket is a file before anybody listens on it.
    session = await openManagementSession({ path, greetingMs: 5_000, onEvent: said.onEvent, ...options }).catch(orRetry)
    return session !== undefined
  })
  if (session === undefined) throw new Error(`no session on ${path}`)
  const whole = { process, path, session, said }
  undoAtEnd(
    owner,
    () => whole.session.close(),
    () => undefined,
  )
  return whole
}

function orRetry(error: unknown): undefined {
  if (error instanceof ManagementError && error.code === 'unreachable') return undefined
  throw error
}

import type { RouteReport } from '../domain/agent-feed.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/lifetime.ts'
import type { WantedRoute } from '../domain/route-duty.ts'
import { type DutyConnection, openDutyConnection } from './duty-connection.ts'

/** How long to wait before the next try when apply is away. It starts in half a second, and its socket costs nothing. */
const RETRY_MS = SECOND_MS / 2

/** How old a report may be. */
const REPORT_MS = 5 * SECOND_MS

/** After so long without an answer the connection is given up. A whole /48 is put in place in a second. */
const PATIENCE_MS = MINUTE_MS / 2

/** What a connection that was told nothing knows. */
const NOTHING = { set: undefined, isTaken: true }

export type ApplyReport = RouteReport & { connected: boolean }

export type ApplyClientParts = {
  /** apply.sock in the run folder. */
  path: string
  /** Called when the report is another than before. */
  onChange?: (report: ApplyReport) => void
  /** Called with how many routes were put back, each time that apply says of more. */
  onRepairs?: (count: number) => void
}

/** What the agent asks of `vpnunit apply`, whether that is there or not. Nothing here throws. */
export type ApplyClient = {
  /** The whole of what is wanted from now on. It is said when it can be, again to each new apply, and once. */
  setRoutes(routes: readonly WantedRoute[]): void
  /** What apply said last. */
  report(): ApplyReport
  /** Whether the newest set is acknowledged: true once it is; false when it is refused, or apply turns out to be away. */
  settled(): Promise<boolean>
  close(): void
}

/** Keeps a connection to apply, and the newest set of routes known to it. */
export function openApplyClient({ path, onChange, onRepairs }: ApplyClientParts): ApplyClient {
  /** The newest set as JSON, by which two are compared; undefined before the first. */
  let wanted: string | undefined
  /** The set that this connection was told last, and whether apply took it: undefined until it answers. */
  let told: { set: string | undefined; isTaken: boolean | undefined } = NOTHING
  /** Why the newest set was not taken: it is not in place, whatever apply says of the one before. */
  let refusal: string | null = null
  let connection: DutyConnection | undefined
  let retry: NodeJS.Timeout | undefined
  let isClosed = false
  /** How many repairs apply had counted when it was heard last. */
  let counted: number | undefined
  let waiting: ((isSettled: boolean) => void)[] = []
  let state: ApplyReport = { wanted: 0, missing: 0, repairs: 0, fault: null, connected: false }

  const reporting = setInterval(() => void askReport(), REPORT_MS)

  function open(): void {
    connection = openDutyConnection(path, { patienceMs: PATIENCE_MS, onOpen: greet, onClose: lose })
  }

  function greet(): void {
    change({ connected: true })
    if (wanted === undefined) void askReport()
    else tell()
  }

  function lose(): void {
    connection = undefined
    told = NOTHING
    refusal = null
    change({ connected: false })
    answerWaiting(false)
    if (!isClosed) retry = setTimeout(open, RETRY_MS)
  }

  /** Says the newest set, unless this connection knows it. One at a time: those in between are never said. */
  function tell(): void {
    if (!state.connected || wanted === undefined || told.isTaken === undefined) return
    if (told.set === wanted) answerWaiting(told.isTaken)
    else void say(wanted)
  }

  async function say(set: string): Promise<void> {
    told = { set, isTaken: undefined }
    const answer = await connection?.ask({ duty: 'routes', routes: JSON.parse(set) })
    // The connection ended before, and the next one is told anew.
    if (answer === undefined) return
    told = { set, isTaken: 'report' in answer }
    refusal = 'fault' in answer ? `apply refuses the routes: ${answer.fault}` : null
    if ('report' in answer) learn(answer.report)
    else change({ fault: refusal })
    tell()
  }

  async function askReport(): Promise<void> {
    const answer = await connection?.ask({ duty: 'report' })
    if (answer !== undefined && 'report' in answer) learn(answer.report)
  }

  function learn(report: RouteReport): void {
    // What was counted before this agent began is a former one's affair; a new apply counts from nothing.
    const repaired = counted === undefined ? 0 : report.repairs - (report.repairs < counted ? 0 : counted)
    counted = report.repairs
    change({ ...report, fault: refusal ?? report.fault })
    if (repaired > 0) onRepairs?.(repaired)
  }

  function change(part: Partial<ApplyReport>): void {
    const before = JSON.stringify(state)
    state = { ...state, ...part }
    if (JSON.stringify(state) !== before) onChange?.(state)
  }

  function answerWaiting(isSettled: boolean): void {
    const answered = waiting
    waiting = []
    for (const resolve of answered) resolve(isSettled)
  }

  open()
  return {
    setRoutes: (routes) => {
      wanted = JSON.stringify(routes.map(({ prefix, device }) => ({ prefix, device })).sort(byPrefix))
      tell()
    },
    report: () => state,
    settled: () =>
      new Promise((resolve) => {
        if (isClosed) return resolve(false)
        waiting.push(resolve)
        tell()
      }),
    close: () => {
      isClosed = true
      clearInterval(reporting)
      clearTimeout(retry)
      connection?.close()
      answerWaiting(false)
    },
  }
}

function byPrefix(one: WantedRoute, other: WantedRoute): number {
  return one.prefix < other.prefix ? -1 : 1
}

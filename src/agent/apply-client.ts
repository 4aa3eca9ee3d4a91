import type { FirewallReport, PolicyText, RouteReport } from '../domain/agent-feed.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/lifetime.ts'
import type { DutyAnswer, WantedGateway, WantedRoute } from '../domain/route-duty.ts'
import { type DutyConnection, openDutyConnection } from './duty-connection.ts'
import { DutyTeller } from './duty-teller.ts'

/** How long to wait before the next try when apply is away. It starts in half a second, and its socket costs nothing. */
const RETRY_MS = SECOND_MS / 2

/** How old a report may be. */
const REPORT_MS = 5 * SECOND_MS

/** After so long without an answer the connection is given up. A whole /48 is put in place in a second. */
const PATIENCE_MS = MINUTE_MS / 2

export type ApplyReport = RouteReport & { connected: boolean; firewall: FirewallReport | undefined }

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
  /** The same of what the groups may, and who is where. It is said before the routes. */
  setPolicy(policy: PolicyText, gateways: readonly WantedGateway[]): void
  /** What apply said last. */
  report(): ApplyReport
  /** Whether the newest routes are acknowledged: true once they are; false when they are refused, or apply is away. */
  settled(): Promise<boolean>
  close(): void
}

/** Keeps a connection to apply, and what is wanted known to it. */
export function openApplyClient({ path, onChange, onRepairs }: ApplyClientParts): ApplyClient {
  const ask = async (duty: Parameters<DutyConnection['ask']>[0]) => connection?.ask(duty)
  const policy = new DutyTeller('policy', ask, learn)
  const routes = new DutyTeller('routes', ask, learn)
  let connection: DutyConnection | undefined
  let retry: NodeJS.Timeout | undefined
  let isClosed = false
  /** How many repairs apply had counted when it was heard last. */
  let counted: number | undefined
  let state: ApplyReport = { wanted: 0, missing: 0, repairs: 0, fault: null, connected: false, firewall: undefined }

  const reporting = setInterval(() => void askReport(), REPORT_MS)

  function open(): void {
    connection = openDutyConnection(path, { patienceMs: PATIENCE_MS, onOpen: greet, onClose: lose })
  }

  function greet(): void {
    change({ connected: true })
    policy.opened()
    routes.opened()
    if (!routes.isWanted) void askReport()
  }

  function lose(): void {
    connection = undefined
    policy.closed()
    routes.closed()
    change({ connected: false, firewall: undefined })
    if (!isClosed) retry = setTimeout(open, RETRY_MS)
  }

  async function askReport(): Promise<void> {
    const answer = await connection?.ask({ duty: 'report' })
    if (answer !== undefined) learn(answer)
  }

  function learn(answer: DutyAnswer): void {
    const refusal = routes.refusal ?? policy.refusal
    if ('report' in answer) learnReport(answer, refusal)
    else change({ fault: refusal })
  }

  function learnReport(
    { report, firewall }: Extract<DutyAnswer, { report: RouteReport }>,
    refusal: string | null,
  ): void {
    // What was counted before this agent began is a former one's affair; a new apply counts from nothing.
    const repaired = counted === undefined ? 0 : report.repairs - (report.repairs < counted ? 0 : counted)
    counted = report.repairs
    change({ ...report, firewall, fault: refusal ?? report.fault })
    if (repaired > 0) onRepairs?.(repaired)
  }

  function change(part: Partial<ApplyReport>): void {
    const before = JSON.stringify(state)
    state = { ...state, ...part }
    if (JSON.stringify(state) !== before) onChange?.(state)
  }

  open()
  return {
    setRoutes: (all) => {
      const sorted = all.map(({ prefix, device }) => ({ prefix, device })).sort(byPrefix)
      routes.want({ duty: 'routes', routes: sorted })
    },
    setPolicy: (rights, gateways) => policy.want({ duty: 'policy', policy: rights, gateways: [...gateways] }),
    report: () => state,
    settled: async () => !isClosed && (await routes.settled()),
    close: () => {
      isClosed = true
      clearInterval(reporting)
      clearTimeout(retry)
      connection?.close()
      policy.closed()
      routes.closed()
    },
  }
}

function byPrefix(one: WantedRoute, other: WantedRoute): number {
  return one.prefix < other.prefix ? -1 : 1
}

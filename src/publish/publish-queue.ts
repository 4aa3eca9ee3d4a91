import { isNothing, nothingTouched, overlaps, type Touched, touchAlso } from './touched.ts'

/** Makes the files equal to the rows for what was touched. Returns what it could not do, with the reason. */
export type Perform = (touched: Touched) => Promise<{ left: Touched; fault: Error } | undefined>

export type PublishState = {
  /** What is wanted and not yet in the files. */
  pending: number
  /** Whether a new revocation list is among it. */
  isCrlPending: boolean
  /** Why, when the last attempt failed, and since when attempts fail. */
  fault: string | undefined
  failingSince: Date | undefined
  failures: number
}

/** The queue of what is to be published: one publish at a time, changes that arrive together share one. */
export type PublishQueue = {
  /** Resolves when the files hold what was touched; rejects when the attempt fails, which is then repeated without end. */
  publish(touched: Touched): Promise<void>
  state(): PublishState
  /** Tries once more what is pending, and stops trying by itself. */
  close(): Promise<void>
}

type Waiter = { touched: Touched; resolve: () => void; reject: (error: Error) => void }

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000

export function createPublishQueue(perform: Perform, now: () => Date, report: (fault: Error) => void): PublishQueue {
  let pending = nothingTouched()
  let working = nothingTouched()
  let waiters: Waiter[] = []
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let retryMs = FIRST_RETRY_MS
  let isClosed = false
  const state: Omit<PublishState, 'pending' | 'isCrlPending'> = {
    fault: undefined,
    failingSince: undefined,
    failures: 0,
  }

  async function runOnce(): Promise<void> {
    working = pending
    const served = waiters
    pending = nothingTouched()
    waiters = []
    clearTimeout(retry)
    const outcome = await perform(working)
    working = nothingTouched()
    if (outcome === undefined) {
      Object.assign(state, { fault: undefined, failingSince: undefined })
      retryMs = FIRST_RETRY_MS
      for (const waiter of served) waiter.resolve()
      return
    }
    touchAlso(pending, outcome.left)
    fail(outcome.fault)
    // A change whose own files are written is none of those that wait for the others.
    for (const waiter of served) {
      if (overlaps(waiter.touched, outcome.left)) waiter.reject(outcome.fault)
      else waiter.resolve()
    }
  }

  function fail(fault: Error): void {
    state.failures++
    state.failingSince ??= now()
    if (state.fault !== fault.message) report(fault)
    state.fault = fault.message
    if (isClosed) return
    retry = setTimeout(start, retryMs)
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }

  async function runAll(): Promise<void> {
    do await runOnce()
    while (waiters.length > 0)
    running = undefined
  }

  function start(): void {
    running ??= runAll()
  }

  return {
    publish: (touched) => {
      if (isNothing(touched)) return Promise.resolve()
      touchAlso(pending, touched)
      return new Promise((resolve, reject) => {
        waiters.push({ touched, resolve, reject })
        start()
      })
    },
    state: () => {
      const behind = nothingTouched()
      touchAlso(behind, working)
      touchAlso(behind, pending)
      const { gateways, crl, server, policy } = behind
      const count = gateways.size + Number(crl) + Number(server) + Number(policy)
      return { pending: count, isCrlPending: crl, ...state }
    },
    close: async () => {
      isClosed = true
      clearTimeout(retry)
      await running
      if (!isNothing(pending)) await runOnce()
    },
  }
}

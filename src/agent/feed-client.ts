import { setTimeout as pause } from 'node:timers/promises'
import type { FeedAnswer } from '../domain/agent-feed.ts'
import { type ApiChannel, refusalOf } from './api-channel.ts'
import { Backoff } from './backoff.ts'
import { parseFeedAnswer } from './feed-answer.ts'
import type { Log } from './host.ts'
import type { Position } from './state-copy.ts'

/** How long the service may keep a question while nothing has changed, and how long its answer may take. */
const WAIT_SECONDS = 50
const ANSWER_MS = (WAIT_SECONDS + 15) * 1000

/** A service that restarts is back in a second; one that is away for long need not be asked so often. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1000
const LONG_AWAY_MS = 30_000
const LONG_AWAY_WAIT_MS = 5000

/** An answer that comes sooner and says nothing new is none to a question that waits. */
const LEAST_MS = 200

type FeedOptions = {
  channel: ApiChannel
  host: string
  log: Log
  position: () => Position | undefined
  take: (answer: FeedAnswer) => void
  signal: AbortSignal
}

/** Follows the state of the service for as long as the signal lets it. */
export async function followFeed(options: FeedOptions): Promise<void> {
  const { signal } = options
  const presence = new Presence(options.log)
  while (!signal.aborted) {
    const asked = performance.now()
    const before = options.position()
    const waitMs = await askOnce(options).then(
      () => presence.answered(),
      (error: unknown) => (signal.aborted ? 0 : presence.failed(error)),
    )
    // A service that does not wait must not be asked without end.
    const isIdle = isSame(options.position(), before) && performance.now() - asked < LEAST_MS
    if (waitMs > 0 || isIdle)
      await pause(Math.max(waitMs, isIdle ? LEAST_MS : 0), undefined, { signal }).catch(() => undefined)
  }
}

function isSame(one: Position | undefined, other: Position | undefined): boolean {
  return one?.feed === other?.feed && one?.revision === other?.revision && one?.order === other?.order
}

/** Whether the service is there, said when it changes; and how long to wait before it is asked again. */
class Presence {
  readonly #log: Log
  readonly #backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS)
  #isThere = false
  #awaySince: number | undefined

  constructor(log: Log) {
    this.#log = log
  }

  answered(): number {
    if (!this.#isThere) this.#log.info({}, 'connected to the service')
    this.#isThere = true
    this.#awaySince = undefined
    this.#backoff.reset()
    return 0
  }

  failed(error: unknown): number {
    const reason = error instanceof Error ? error.message : String(error)
    const now = performance.now()
    if (this.#awaySince === undefined) this.#log.warn({ reason }, 'the service can’t be asked: the copy decides')
    this.#isThere = false
    this.#awaySince ??= now
    return now - this.#awaySince > LONG_AWAY_MS ? LONG_AWAY_WAIT_MS : this.#backoff.next()
  }
}

async function askOnce({ channel, host, position, take, signal }: FeedOptions): Promise<void> {
  const path = `/agent/state?${queryOf(host, position())}`
  const reply = await channel.ask({ method: 'GET', path, timeoutMs: ANSWER_MS, signal })
  if (reply.status !== 200) throw new Error(refusalOf(reply))
  let answer: FeedAnswer
  try {
    answer = parseFeedAnswer(reply.body)
  } catch (error) {
    throw new Error(`its state is refused: ${error instanceof Error ? error.message : String(error)}`)
  }
  take(answer)
}

function queryOf(host: string, position: Position | undefined): URLSearchParams {
  const where = { host, wait: String(WAIT_SECONDS), orders: String(position?.order ?? 0) }
  if (position === undefined) return new URLSearchParams(where)
  return new URLSearchParams({ ...where, since: String(position.revision), feed: position.feed })
}

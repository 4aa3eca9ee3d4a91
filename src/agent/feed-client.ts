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
  const { signal, log } = options
  const backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS)
  let awaySince: number | undefined
  let isThere = false
  while (!signal.aborted) {
    try {
      await askOnce(options)
      if (!isThere) log.info({}, 'connected to the service')
      isThere = true
      awaySince = undefined
      backoff.reset()
    } catch (error) {
      if (signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      if (awaySince === undefined) log.warn({ reason }, 'the service can’t be asked; decisions are made from the copy')
      isThere = false
      awaySince ??= performance.now()
      const isLong = performance.now() - awaySince > LONG_AWAY_MS
      await pause(isLong ? LONG_AWAY_WAIT_MS : backoff.next(), undefined, { signal }).catch(() => undefined)
    }
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

import { setTimeout as pause } from 'node:timers/promises'
import type { AgentEvent, EventBatch } from '../domain/agent-feed.ts'
import { type ApiChannel, type Reply, refusalOf } from './api-channel.ts'
import { Backoff } from './backoff.ts'
import type { Log } from './host.ts'
import type { Outbox } from './outbox.ts'
import type { Spool } from './spool.ts'

/** Events that come together go together. */
const DELAY_MS = 100
const BATCH = 1000
const ANSWER_MS = 20_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 1000

type SenderOptions = { channel: ApiChannel; host: string; log: Log; outbox: Outbox; spool: Spool }

/** Brings the events of the outbox to the service, in their order; what waits long is kept in a file. */
export class EventSender {
  readonly #options: SenderOptions
  readonly #stopped = new AbortController()
  readonly #backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS)
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> | undefined
  #isUrgent = false
  /** How many are sent at once: less while one of them is refused, to find it. */
  #most = BATCH

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** There is something to send: at once, or with what comes in the next tenth of a second. */
  wake(isUrgent = false): void {
    this.#isUrgent ||= isUrgent
    if (this.#work !== undefined || this.#stopped.signal.aborted) return
    if (isUrgent) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), DELAY_MS)
  }

  /** Ends with everything sent or in the file. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stopped.abort()
    await this.#work
    await this.#send(2000).catch(() => undefined)
    await this.#options.spool.keep()
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined
      if (this.#options.outbox.size > 0) this.wake()
    })
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    const { outbox, spool, log } = this.#options
    while (outbox.size > 0 && !signal.aborted) {
      try {
        this.#isUrgent = false
        await this.#send(ANSWER_MS, signal)
        this.#backoff.reset()
        // What came meanwhile goes with what comes in the next tenth of a second.
        if (this.#most === BATCH && outbox.size < BATCH && !this.#isUrgent) break
      } catch (error) {
        log.debug({ reason: String(error), events: outbox.size }, 'events could not be sent')
        await (this.#sayLost() ? spool.rewrite() : spool.keep())
        await pause(this.#backoff.next(), undefined, { signal }).catch(() => undefined)
      }
    }
    // What was kept is not needed any more.
    if (outbox.size === 0) await spool.keep()
  }

  async #send(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const { channel, host, outbox, spool } = this.#options
    const batch = outbox.batch(host, this.#most)
    if (batch === undefined) return
    const reply = await channel.ask({ method: 'POST', path: '/agent/events', body: batch, timeoutMs, signal })
    if (reply.status === 200) {
      this.#most = Math.min(BATCH, this.#most * 2)
      const taken = outbox.taken(batch, nextOf(reply.body))
      spool.taken(taken)
      if (taken === 0) throw new Error('it took none')
    } else if (isRefused(reply)) this.#narrow(batch, refusalOf(reply))
    else throw new Error(refusalOf(reply))
  }

  /** One event that the service does not understand must not hold up all others. */
  #narrow({ events }: EventBatch, reason: string): void {
    const { outbox, spool, log } = this.#options
    if (events.length > 1) {
      this.#most = Math.ceil(events.length / 2)
      return
    }
    const event: AgentEvent | undefined = outbox.skip()
    spool.taken(1)
    log.error({ event, reason }, 'the service refuses an event, which is given up')
  }

  #sayLost(): boolean {
    const lost = this.#options.outbox.takeLost()
    if (lost > 0) this.#options.log.error({ lost }, 'events were dropped: the service is away for too long')
    return lost > 0
  }
}

function nextOf(body: unknown): number {
  return typeof body === 'object' && body !== null && 'next' in body ? Number(body.next) : Number.NaN
}

/** Too much, or an event that is not understood. What else is wrong is not the events', and they are kept. */
function isRefused(reply: Reply): boolean {
  return reply.status === 413 || (reply.status === 400 && refusalOf(reply).includes('/events/'))
}

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openApiChannel } from '../agent/api-channel.ts'
import { followFeed } from '../agent/feed-client.ts'
import { StateCopy } from '../agent/state-copy.ts'
import type { FeedAnswer, Order } from '../domain/agent-feed.ts'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

type Waiter = { name: string; isDisabled: boolean; resolve: (ms: number) => void }

/**
 * The part of the agent that follows the service, by its own code: question, check of the answer, copy. It does nothing of
 * what orders ask, and says at once that it is done.
 */
export class Follower {
  readonly copy = new StateCopy()
  readonly #channel: ReturnType<typeof openApiChannel>
  readonly #host: string
  readonly #stopped = new AbortController()
  readonly #outbox = randomBytes(8).toString('hex')
  #told = 0
  #telling: Promise<unknown> = Promise.resolve()
  #waiter: Waiter | undefined

  constructor(socket: string, host: string) {
    this.#channel = openApiChannel({ socket }, undefined)
    this.#host = host
    const [log, position] = [SILENT, () => this.copy.position]
    const { signal } = this.#stopped
    const take = (answer: FeedAnswer) => this.#take(answer)
    void followFeed({ channel: this.#channel, host, log, signal, position, take })
  }

  /** When the copy holds it, by performance.now(). */
  holds(name: string, isDisabled: boolean): Promise<number> {
    return new Promise((resolve) => {
      this.#waiter = { name, isDisabled, resolve }
      this.#look()
    })
  }

  async stop(): Promise<void> {
    const aborted = once(this.#stopped.signal, 'abort')
    this.#stopped.abort()
    await aborted
    await this.#telling
    this.#channel.close()
  }

  #take(answer: FeedAnswer): void {
    this.copy.apply(answer)
    this.#look()
    for (const order of answer.orders) {
      this.#telling = this.#telling.then(() => this.#done(answer.feed, order)).catch(() => undefined)
    }
  }

  #look(): void {
    const waiter = this.#waiter
    if (waiter === undefined || this.copy.find(waiter.name)?.disabled !== waiter.isDisabled) return
    this.#waiter = undefined
    waiter.resolve(performance.now())
  }

  #done(feed: string, { number }: Order): Promise<unknown> {
    const event = { type: 'order-done', at: new Date().toISOString(), feed, order: number, instances: [], notAsked: [] }
    const body = { host: this.#host, outbox: this.#outbox, first: ++this.#told, events: [event] }
    return this.#channel.ask({ method: 'POST', path: '/agent/events', body, timeoutMs: 5000 })
  }
}

import { randomBytes } from 'node:crypto'
import type { AgentEvent, EventBatch } from '../domain/agent-feed.ts'

type Traffic = AgentEvent & { type: 'traffic' }

/** How many events are kept for a service that is away: a day of coming and going of some thousand gateways. */
const MOST = 200_000

/** Down to this share when there are too many, so that it is not to be done at each. */
const KEPT_SHARE = 0.9

/**
 * The events that the service has not taken yet, in order and numbered. An outbox is one life of the agent: its numbers
 * begin at 1, and an event that was sent keeps its number and its text until it is taken, because nobody knows whether a
 * lost answer was a yes.
 */
export class Outbox {
  #id = newId()
  readonly #most: number
  #events: AgentEvent[] = []
  #first = 1
  /** How many of them, from the front, were sent at least once. */
  #sent = 0
  #lost = 0
  /** The last traffic of a session that was never sent, and its number. */
  readonly #traffic = new Map<string, { event: Traffic; number: number }>()

  constructor(most = MOST) {
    this.#most = most
  }

  get size(): number {
    return this.#events.length
  }

  /** How many had to be dropped since it was asked last. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  push(event: AgentEvent): void {
    if (event.type === 'traffic' && this.#merge(event)) return
    this.#events.push(event)
    if (this.#events.length > this.#most) this.#shrink()
  }

  /** The events from the given place on, for a file that keeps them. */
  from(place: number, most = Number.POSITIVE_INFINITY): AgentEvent[] {
    return this.#events.slice(place, place + most)
  }

  /** The next ones to send; undefined when there are none. */
  batch(host: string, most: number): EventBatch | undefined {
    if (this.#events.length === 0) return undefined
    const events = this.#events.slice(0, most)
    this.#sent = Math.max(this.#sent, events.length)
    return { host, outbox: this.#id, first: this.#first, events }
  }

  /** The service expects this number next. Returns how many events it took. */
  taken({ outbox, first, events }: EventBatch, next: number): number {
    if (outbox !== this.#id || first !== this.#first) return 0
    const count = next - first
    if (!Number.isSafeInteger(next) || count <= 0 || count > events.length) {
      this.#renumber()
      return 0
    }
    this.#remove(count)
    return count
  }

  /** Gives up the first event, which the service refuses. */
  skip(): AgentEvent | undefined {
    const [event] = this.#events
    if (event !== undefined) {
      this.#remove(1)
      // Its number is still the one that the service expects.
      this.#renumber()
    }
    return event
  }

  #remove(count: number): void {
    this.#events.splice(0, count)
    this.#first += count
    this.#sent = Math.max(0, this.#sent - count)
    if (this.#events.length === 0) this.#traffic.clear()
  }

  /** Another outbox, from 1 on: for a service that has forgotten where this one stands. */
  #renumber(): void {
    this.#id = newId()
    this.#first = 1
    this.#sent = 0
    this.#traffic.clear()
  }

  /** Traffic is told in totals, so that of one session and one hour the last says everything. */
  #merge(event: Traffic): boolean {
    const key = `${event.instance}/${event.generation}/${event.cid}`
    const before = this.#traffic.get(key)
    const isUnsent = before !== undefined && before.number >= this.#first + this.#sent
    if (isUnsent && before.event.at.slice(0, 13) === event.at.slice(0, 13)) {
      Object.assign(before.event, event)
      return true
    }
    this.#traffic.set(key, { event, number: this.#first + this.#events.length })
    return false
  }

  /** Drops the oldest traffic that was not sent yet, and where that does not do, the oldest of anything. */
  #shrink(): void {
    const before = this.#events.length
    let excess = before - Math.floor(this.#most * KEPT_SHARE)
    const drop = (event: AgentEvent, index: number, kind: string | undefined) => {
      if (excess <= 0 || index < this.#sent || (kind !== undefined && event.type !== kind)) return false
      excess--
      return true
    }
    this.#events = this.#events.filter((event, index) => !drop(event, index, 'traffic'))
    this.#events = this.#events.filter((event, index) => !drop(event, index, undefined))
    this.#lost += before - this.#events.length
    this.#traffic.clear()
  }
}

function newId(): string {
  return randomBytes(8).toString('hex')
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AgentEvent } from '../domain/agent-feed.ts'
import type { Outbox } from './outbox.ts'
import type { Complaint } from './saved-file.ts'

/** How many events are written at once. */
const PART = 2000

/**
 * The file that keeps events which the service has not taken: one a line, appended. Each may come a second time after a
 * restart, and counts once.
 */
export class Spool {
  readonly #path: string
  readonly #outbox: Outbox
  readonly #complain: Complaint
  /** How many events at the front of the outbox are in the file. */
  #kept = 0
  /** How many have ever left the outbox. */
  #gone = 0
  #isEmpty = true
  #work: Promise<void> = Promise.resolve()

  constructor(path: string, outbox: Outbox, complain: Complaint) {
    this.#path = path
    this.#outbox = outbox
    this.#complain = complain
  }

  /** Fills the outbox with what a former life has kept. A line that was cut is left away. */
  read(): void {
    let text = ''
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch {
      return
    }
    const events = text.split('\n').flatMap(parseEvent)
    for (const event of events) this.#outbox.push(event)
    this.#kept = this.#outbox.size
    this.#isEmpty = text === ''
    // A cut line at its end would spoil the next one.
    if (text !== '' && !text.endsWith('\n')) writeFileSync(this.#path, linesOf(this.#outbox.from(0)), { mode: 0o600 })
  }

  /** So many events have left the front of the outbox. */
  taken(count: number): void {
    this.#kept = Math.max(0, this.#kept - count)
    this.#gone += count
  }

  /** Has the file hold every event of the outbox, which is written once. */
  async keep(): Promise<void> {
    this.#work = this.#work.then(() => this.#write())
    await this.#work
  }

  /** Writes everything anew, after some were dropped. */
  async rewrite(): Promise<void> {
    this.#kept = 0
    this.#isEmpty = false
    this.#work = this.#work.then(() => this.#empty()).then(() => this.#write())
    await this.#work
  }

  async #write(): Promise<void> {
    if (this.#outbox.size === 0 && !this.#isEmpty) await this.#empty()
    // In parts, so that a client does not wait for the text of a hundred thousand events.
    while (this.#kept < this.#outbox.size) if (!(await this.#try(() => this.#append()))) return
  }

  async #append(): Promise<void> {
    const [events, kept, gone] = [this.#outbox.from(this.#kept, PART), this.#kept, this.#gone]
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    this.#isEmpty = false
    await appendFile(this.#path, linesOf(events), { mode: 0o600 })
    // Some may have left the outbox meanwhile, and with them some of these.
    this.#kept = Math.max(0, kept + events.length - (this.#gone - gone))
  }

  async #empty(): Promise<void> {
    await this.#try(async () => {
      await writeFile(this.#path, '', { mode: 0o600 })
      this.#isEmpty = true
      this.#kept = 0
    })
  }

  /** Returns whether it went well. */
  async #try(act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      return true
    } catch (error) {
      this.#complain(`${this.#path} can't be written: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }
}

function linesOf(events: readonly AgentEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

function parseEvent(line: string): AgentEvent[] {
  try {
    const event: unknown = JSON.parse(line)
    const isEvent = typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string'
    return isEvent ? [event as AgentEvent] : []
  } catch {
    return []
  }
}

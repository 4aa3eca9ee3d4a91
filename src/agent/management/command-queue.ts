import type { Command } from './command.ts'
import type { ManagementEvent } from './events.ts'
import { ManagementError } from './management-error.ts'
import { type Outcome, ReplyReader } from './reply.ts'

export type QueueOptions = {
  /** How many commands may be written before the first of them is answered. */
  depth: number
  maxQueued: number
  maxReplyBytes: number
  /** Writes to the socket. */
  write: (text: string) => void
  /** The answers can no longer be matched: the connection is to be ended. */
  fail: (error: ManagementError) => void
}

type Entry = {
  command: Command<unknown>
  reader: ReplyReader
  limitMs: number
  /** On the clock that `expire` is asked by, from when it was written. */
  deadline: number
  settle: (outcome: Outcome) => void
}

/** A later OpenVPN answers `version 4`, which 2.6 does not: nothing else begins so. */
const LATE_VERSION = 'SUCCESS: Management client version set to'

/**
 * Commands and their answers, in order. OpenVPN answers in the order it was asked, also when many commands stand in its
 * socket at once (2.6.14: 20,000 in 80 ms, none out of order).
 */
export class CommandQueue {
  readonly #options: QueueOptions
  readonly #now: () => number
  #waiting: Entry[] = []
  #flying: Entry[] = []
  #error: ManagementError | undefined

  constructor(options: QueueOptions, now: () => number) {
    this.#options = options
    this.#now = now
  }

  get size(): number {
    return this.#waiting.length + this.#flying.length
  }

  /** When the oldest command must have been answered, or undefined when none is waited for. */
  get deadline(): number | undefined {
    return this.#flying[0]?.deadline
  }

  /** Queues a command. Rejects with ManagementError. */
  send<Reply>(command: Command<Reply>, limitMs: number): Promise<Reply> {
    const { verb } = command
    return new Promise<Reply>((resolve, reject) => {
      if (this.#error !== undefined) return reject(closedError(verb, this.#error))
      if (this.size >= this.#options.maxQueued) {
        return reject(new ManagementError('queue-full', `${this.size} commands are waiting before ${verb}`, { verb }))
      }
      const settle = (outcome: Outcome) => {
        if (outcome.kind === 'value') resolve(outcome.value as Reply)
        else if (outcome.kind === 'error') reject(outcome.error)
      }
      const reader = new ReplyReader(command, this.#options.maxReplyBytes)
      this.#waiting.push({ command, reader, limitMs, deadline: 0, settle })
      this.#advance()
    })
  }

  /** Takes a line that is no real-time message. False when nobody waits for one. */
  line(text: string): boolean {
    const entry = this.#flying[0]
    if (entry === undefined || text.startsWith(LATE_VERSION)) return text.startsWith(LATE_VERSION)
    this.#take(entry, entry.reader.line(text))
    return true
  }

  event(event: ManagementEvent): void {
    const entry = this.#flying[0]
    const outcome = entry?.reader.event(event)
    if (entry !== undefined && outcome !== undefined) this.#take(entry, outcome)
  }

  /** Fails when the oldest command is overdue. */
  expire(): void {
    const entry = this.#flying[0]
    if (entry === undefined || this.#now() < entry.deadline) return
    const { verb } = entry.command
    this.#options.fail(new ManagementError('timeout', `no answer to ${verb} in ${entry.limitMs} ms`, { verb }))
  }

  /** Ends with the connection: every command that is not answered is rejected, but one that asked for the end. */
  end(error: ManagementError): void {
    if (this.#error !== undefined) return
    this.#error = error
    const entries = [...this.#flying, ...this.#waiting]
    this.#flying = []
    this.#waiting = []
    for (const { command, settle } of entries) {
      if (command.shape.kind === 'close') settle({ kind: 'value', value: command.shape.reply })
      else settle({ kind: 'error', error: closedError(command.verb, error) })
    }
  }

  #take(entry: Entry, outcome: Outcome): void {
    if (outcome.kind === 'more') return
    this.#flying.shift()
    entry.settle(outcome)
    if (outcome.kind === 'error' && outcome.error.code === 'reply-too-large') this.#options.fail(outcome.error)
    else this.#advance()
  }

  #advance(): void {
    for (let entry = this.#waiting[0]; entry !== undefined && this.#mayWrite(entry); entry = this.#waiting[0]) {
      this.#waiting.shift()
      const { shape } = entry.command
      this.#options.write(entry.command.text)
      if (shape.kind === 'silence') entry.settle({ kind: 'value', value: shape.reply })
      else {
        entry.deadline = this.#now() + entry.limitMs
        this.#flying.push(entry)
      }
    }
  }

  /** What is silent, ends the connection or is so long that nothing may follow it goes alone. */
  #mayWrite({ command }: Entry): boolean {
    if (this.#flying.length === 0) return true
    if (this.#flying.length >= this.#options.depth || isAlone(command)) return false
    return !this.#flying.some((other) => isAlone(other.command))
  }
}

function isAlone({ isLong, shape }: Command<unknown>): boolean {
  return isLong || shape.kind === 'close' || shape.kind === 'silence'
}

function closedError(verb: string, cause: ManagementError): ManagementError {
  const code = cause.code === 'timeout' && cause.verb === verb ? 'timeout' : 'closed'
  return new ManagementError(code, `${verb} was not answered: ${cause.message}`, { verb, cause })
}

import { Command, type ReplyShape } from '../management/command.ts'
import { ManagementError } from '../management/management-error.ts'
import type { Sending } from '../management/session-options.ts'

/** A connection to OpenVPN, on which the agent decides who connects. */
export type Session = Sending & { readonly pending: number }

/** Given the answer with its line ends, where it stands in the stream: before what OpenVPN said after it. */
export type Take = (answer: Buffer, isRefused: boolean) => void

export type Shape = 'success' | 'block' | 'success-block'

export type Asked = {
  line: string
  shape: Shape
  /** Whether others who ask the same may have the same answer. */
  isShared: boolean
  /** What stands before the lines of a `success-block`. */
  head?: string
}

type Entry = Asked & { takers: Take[]; patience: number }

const NOT_CONNECTED = 'OpenVPN is not connected'

/** How long an answer is given to those who ask the same. */
const FRESH_MS = 1000

/** The agent's own commands go first, but not for ever: so many looks, so far apart. */
const PATIENCE = 25
const LOOK_MS = 20

/**
 * Asks OpenVPN for all clients of a shared socket, by the agent's connection and one command at a time: a decision of
 * the agent waits behind one answer at most, however many ask.
 */
export class Upstream {
  #session: Session | undefined
  #waiting: Entry[] = []
  #flying: Entry | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #fresh = new Map<string, Buffer>()

  get isConnected(): boolean {
    return this.#session !== undefined
  }

  attach(session: Session): void {
    this.detach()
    this.#session = session
  }

  /** Lets a connection go that has ended. What still waits is refused. */
  detach(session?: Session): void {
    if (session !== undefined && session !== this.#session) return
    this.#session = undefined
    this.#fresh.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = [...(this.#flying === undefined ? [] : [this.#flying]), ...this.#waiting]
    this.#flying = undefined
    this.#waiting = []
    for (const entry of entries) refuse(entry, NOT_CONNECTED)
  }

  ask(asked: Asked, take: Take): void {
    const fresh = asked.isShared ? this.#fresh.get(asked.line) : undefined
    const same = [this.#flying, ...this.#waiting].find((entry) => entry?.isShared && entry.line === asked.line)
    if (this.#session === undefined) take(text(`ERROR: ${NOT_CONNECTED}`), true)
    else if (fresh !== undefined) take(fresh, false)
    else if (asked.isShared && same !== undefined) same.takers.push(take)
    else {
      this.#waiting.push({ ...asked, takers: [take], patience: PATIENCE })
      this.#next()
    }
  }

  #next(): void {
    const session = this.#session
    const entry = this.#waiting[0]
    if (session === undefined || entry === undefined || this.#flying !== undefined || this.#timer !== undefined) return
    if (session.pending > 0 && entry.patience > 0) {
      entry.patience -= 1
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#next()
      }, LOOK_MS)
      return
    }
    this.#waiting.shift()
    this.#flying = entry
    void this.#send(session, entry)
  }

  async #send(session: Session, entry: Entry): Promise<void> {
    const [verb = ''] = entry.line.split(' ')
    try {
      await session.send(new Command(verb, [entry.line], this.#shapeOf(entry)))
    } catch (error) {
      refuse(entry, wordsOf(error))
    }
    if (this.#flying !== entry) return
    this.#flying = undefined
    this.#next()
  }

  #shapeOf(entry: Entry): ReplyShape<void> {
    const { shape, head } = entry
    if (shape === 'success') return { kind: shape, parse: (words) => this.#answer(entry, text(`SUCCESS: ${words}`)) }
    return {
      kind: shape,
      parse: (lines) =>
        this.#answer(entry, text([...(head === undefined ? [] : [head]), ...lines, 'END'].join('\r\n'))),
    }
  }

  #answer(entry: Entry, answer: Buffer): void {
    if (entry.isShared) {
      this.#fresh.set(entry.line, answer)
      setTimeout(() => this.#forget(entry.line, answer), FRESH_MS).unref()
    } else this.#fresh.clear() // It may have changed what the others say.
    for (const take of entry.takers.splice(0)) take(answer, false)
  }

  #forget(line: string, answer: Buffer): void {
    if (this.#fresh.get(line) === answer) this.#fresh.delete(line)
  }
}

function refuse(entry: Entry, words: string): void {
  for (const take of entry.takers.splice(0)) take(text(`ERROR: ${words}`), true)
}

function text(lines: string): Buffer {
  return Buffer.from(`${lines}\r\n`)
}

function wordsOf(error: unknown): string {
  if (!(error instanceof ManagementError)) return String(error)
  return error.text ?? (error.code === 'closed' || error.code === 'timeout' ? NOT_CONNECTED : error.message)
}

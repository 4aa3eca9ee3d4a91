import type { Command } from './command.ts'
import type { ManagementEvent } from './events.ts'
import { ManagementError, refusal } from './management-error.ts'

const SUCCESS = 'SUCCESS: '
const ERROR = 'ERROR: '
const END = 'END'

/** What a line made of an answer: not yet whole, whole, or an error. */
export type Outcome = { kind: 'more' } | { kind: 'value'; value: unknown } | { kind: 'error'; error: ManagementError }

const MORE: Outcome = { kind: 'more' }

/** Reads the answer to one command, line by line. It never throws. */
export class ReplyReader {
  readonly #command: Command<unknown>
  readonly #maxBytes: number
  #lines: string[] = []
  #bytes = 0
  #hasBegun = false
  #refusal: ManagementError | undefined
  /** Refusals still to come, of the lines of a block whose first line was refused. */
  #toSkip = 0

  constructor(command: Command<unknown>, maxBytes: number) {
    this.#command = command
    this.#maxBytes = maxBytes
  }

  /** Takes a line that is no real-time message. */
  line(text: string): Outcome {
    const { shape, verb } = this.#command
    if (this.#refusal !== undefined) return this.#skip(this.#refusal)
    if (!this.#hasBegun && text.startsWith(ERROR)) return this.#refuse(refusal(verb, text.slice(ERROR.length)))
    if (shape.kind === 'success' && text.startsWith(SUCCESS)) {
      return this.#parse(() => shape.parse(text.slice(SUCCESS.length)))
    }
    if (shape.kind === 'success-block' && !this.#hasBegun && text.startsWith(SUCCESS)) {
      this.#hasBegun = true
      return MORE
    }
    if ((shape.kind === 'block' || shape.kind === 'success-block') && text === END) {
      return this.#parse(() => shape.parse(this.#lines))
    }
    return this.#collect(text)
  }

  /** Takes a real-time message. Undefined when it has nothing to do with the command. */
  event(event: ManagementEvent): Outcome | undefined {
    const { shape } = this.#command
    return shape.kind === 'event' && shape.type === event.type ? this.#parse(() => shape.parse(event)) : undefined
  }

  #collect(text: string): Outcome {
    const { shape, verb } = this.#command
    // Before an ERROR may stand what is wrong ("--auth-retry method must be …"): it is no begin of an answer.
    this.#hasBegun ||= shape.kind === 'block' || shape.kind === 'lines'
    this.#lines.push(text)
    this.#bytes += text.length
    if (this.#bytes > this.#maxBytes) {
      const message = `the answer to ${verb} has more than ${this.#maxBytes} bytes`
      return { kind: 'error', error: new ManagementError('reply-too-large', message, { verb }) }
    }
    const isWhole = shape.kind === 'lines' && this.#lines.length === shape.count
    return isWhole ? this.#parse(() => shape.parse(this.#lines)) : MORE
  }

  #refuse(error: ManagementError): Outcome {
    // Refused in its first line, a block was read as so many commands, each answered by a line of its own.
    const isHeadRefused = error.code === 'removed' || /not currently available/.test(error.text ?? '')
    this.#toSkip = isHeadRefused ? this.#command.blockLines : 0
    this.#refusal = error
    return this.#toSkip === 0 ? { kind: 'error', error } : MORE
  }

  #skip(error: ManagementError): Outcome {
    this.#toSkip -= 1
    return this.#toSkip === 0 ? { kind: 'error', error } : MORE
  }

  #parse(parse: () => unknown): Outcome {
    try {
      return { kind: 'value', value: parse() }
    } catch (error) {
      if (!(error instanceof ManagementError)) throw error
      const { verb } = this.#command
      const more = error.text === undefined ? { verb } : { verb, text: error.text }
      return { kind: 'error', error: new ManagementError('bad-reply', `${verb}: ${error.message}`, more) }
    }
  }
}

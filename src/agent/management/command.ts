import { inspect } from 'node:util'
import type { ManagementEvent } from './events.ts'
import { ManagementError } from './management-error.ts'
import { bad, checkText, MAX_FOLLOWED_BYTES, MAX_LINE_BYTES } from './quote.ts'

/** How OpenVPN answers a command, if not by `ERROR: text`. A parser throws bad-reply for what makes no sense. */
export type ReplyShape<Reply> =
  /** `SUCCESS: text` */
  | { kind: 'success'; parse: (text: string) => Reply }
  /** Lines, and `END` */
  | { kind: 'block'; parse: (lines: readonly string[]) => Reply }
  /** `SUCCESS: text`, then lines and `END` */
  | { kind: 'success-block'; parse: (lines: readonly string[]) => Reply }
  /** Lines, and nothing after the last */
  | { kind: 'lines'; count: number; parse: (lines: readonly string[]) => Reply }
  /** A real-time message */
  | { kind: 'event'; type: ManagementEvent['type']; parse: (event: ManagementEvent) => Reply }
  /** Nothing at all */
  | { kind: 'silence'; reply: Reply }
  /** The end of the connection */
  | { kind: 'close'; reply: Reply }

/** One command, ready to be sent, with the shape of its answer. What it says cannot be printed by accident. */
export class Command<Reply> {
  readonly verb: string
  readonly shape: ReplyShape<Reply>
  /** Lines after the first. Where OpenVPN refuses the first, it takes each of them for a command and refuses it too. */
  readonly blockLines: number
  /** Whether a line is so long that nothing may follow before the answer. */
  readonly isLong: boolean
  readonly #text: string

  /**
   * @param lines without line feeds
   * @throws ManagementError bad-command, when a line is too long or has a control character
   */
  constructor(verb: string, lines: readonly string[], shape: ReplyShape<Reply>) {
    for (const [index, line] of lines.entries()) {
      const isLast = index === lines.length - 1
      checkText(isLast ? verb : `a line of ${verb}`, line, isLast ? MAX_LINE_BYTES : MAX_FOLLOWED_BYTES)
    }
    this.verb = verb
    this.shape = shape
    this.blockLines = lines.length - 1
    this.isLong = Buffer.byteLength(lines.at(-1) ?? '') > MAX_FOLLOWED_BYTES
    this.#text = `${lines.join('\n')}\n`
  }

  /** What is written to the socket, line feeds included. */
  get text(): string {
    return this.#text
  }

  toJSON(): { verb: string } {
    return { verb: this.verb }
  }

  [inspect.custom](): string {
    return `Command(${this.verb})`
  }
}

/** The lines of a command that goes on until `END`. */
export function block(head: string, lines: readonly string[]): string[] {
  if (lines.some((line) => line === 'END')) throw bad(`a line of ${head} is END`)
  return [head, ...lines, 'END']
}

/** A command answered `SUCCESS`, where the words after it say nothing. */
export function plain(verb: string, ...words: string[]): Command<void> {
  return new Command<void>(verb, [[verb, ...words].join(' ')], SUCCESS)
}

export const SUCCESS: ReplyShape<void> = { kind: 'success', parse: () => undefined }

/**
 * A value that an answer must have.
 * @throws ManagementError bad-reply, when it is not there
 */
export function understood<Value>(value: Value | undefined, text: string): Value {
  if (value === undefined) throw new ManagementError('bad-reply', `this is no answer: ${text.slice(0, 200)}`, { text })
  return value
}

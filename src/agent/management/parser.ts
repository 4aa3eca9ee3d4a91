import type { ManagementEvent, ParserOutput } from './events.ts'
import { type LineSink, LineSplitter, toUtf8 } from './lines.ts'
import { type Opening, openClient, parseClientAddress } from './messages/client.ts'
import { MESSAGES } from './messages/table.ts'
import { openUpdown } from './messages/updown.ts'
import { type EnvLimits, OpenNotification } from './notification.ts'

export type ParserLimits = EnvLimits & { maxLineBytes: number }

/** Far above anything seen (2.3 KB in 46 lines, 120 bytes in one), far below what would hurt. */
export const PARSER_LIMITS: ParserLimits = { maxLineBytes: 65_536, maxEnvBytes: 65_536, maxEnvLines: 1024 }

/** What has notifications of several lines. */
const WITH_ENV = new Set(['CLIENT', 'UPDOWN'])
const CLIENT_ENV = '>CLIENT:ENV,'
const ENV_WORD = 'ENV,'
const GREATER = 62

/**
 * Makes events of what OpenVPN writes to its management interface, and lines of what is left: answers to commands. It
 * never throws, whatever it is given, and keeps no more than the limits allow.
 *
 * Lines between those of an environment are delivered as they come. The manual ("The CLIENT notification") says that
 * there are none, and nothing depends on it but their order.
 * @param deliver is called in the order of the stream, within the call that brought an event's last byte
 * @param onRealTimeLine is called with every line of a real-time message as it came, latin1, before anything is made of it
 */
export function createParser(
  deliver: (output: ParserOutput) => void,
  limits: Partial<ParserLimits> = {},
  onRealTimeLine?: (line: string) => void,
): (chunk: Uint8Array | string) => void {
  const whole = { ...PARSER_LIMITS, ...limits }
  const splitter = new LineSplitter(new EventReader(deliver, whole, onRealTimeLine), whole.maxLineBytes)
  return (chunk) => splitter.push(chunk)
}

class EventReader implements LineSink {
  readonly #deliver: (output: ParserOutput) => void
  readonly #limits: ParserLimits
  readonly #onRealTimeLine: ((line: string) => void) | undefined
  #open: OpenNotification | undefined
  /** Within an environment that is nobody's. */
  #isInStray = false

  constructor(deliver: (output: ParserOutput) => void, limits: ParserLimits, onRealTimeLine?: (line: string) => void) {
    this.#deliver = deliver
    this.#limits = limits
    this.#onRealTimeLine = onRealTimeLine
  }

  onLine(line: string): void {
    if (line.charCodeAt(0) === GREATER) this.#onRealTimeLine?.(line)
    // Nineteen of twenty lines of a storm.
    if (this.#open !== undefined && line.startsWith(CLIENT_ENV)) this.#takeEnv('CLIENT', line.slice(CLIENT_ENV.length))
    else if (line.charCodeAt(0) === GREATER) this.#takeRealTime(line)
    else this.#deliver({ type: 'reply-line', text: toUtf8(line) })
  }

  onTooLong(): void {
    this.#deliver({ type: 'line-too-long', limitBytes: this.#limits.maxLineBytes })
    this.#report(this.#open?.lose('line-too-long'))
  }

  onPrompt(): void {
    this.#deliver({ type: 'password-prompt' })
  }

  #takeRealTime(line: string): void {
    const { keyword, text } = splitKeyword(line)
    const isEnv = WITH_ENV.has(keyword) && text.startsWith(ENV_WORD)
    if (isEnv) this.#takeEnv(keyword, text.slice(ENV_WORD.length))
    else this.#takeMessage(keyword, readMessage(keyword, text))
  }

  #takeMessage(keyword: string, message: ManagementEvent | Opening<ManagementEvent>): void {
    if ('type' in message) this.#deliver(message)
    else {
      this.#report(this.#open?.lose('cut'))
      this.#open = new OpenNotification(keyword, message, this.#limits)
    }
  }

  #takeEnv(source: string, line: string): void {
    const open = this.#open
    if (open?.source !== source) this.#takeStray(source, line)
    else if (line !== 'END') this.#report(open.add(line))
    else {
      this.#open = undefined
      this.#report(open.complete())
    }
  }

  /** One event for all of it, and never a value: it may be a password. */
  #takeStray(keyword: string, line: string): void {
    const name = toUtf8(line.replace(/=.*/s, '='))
    if (!this.#isInStray) this.#deliver({ type: 'malformed', keyword, text: `${ENV_WORD}${name}` })
    this.#isInStray = line !== 'END'
  }

  #report(event: ManagementEvent | undefined): void {
    if (event !== undefined) this.#deliver(event)
  }
}

function splitKeyword(line: string): { keyword: string; text: string } {
  const at = line.indexOf(':')
  return at === -1 ? { keyword: line.slice(1), text: '' } : { keyword: line.slice(1, at), text: line.slice(at + 1) }
}

/** What a line means that is no environment: a whole message, or the opening of a notification. */
function readMessage(keyword: string, latin1: string): ManagementEvent | Opening<ManagementEvent> {
  const text = toUtf8(latin1)
  const malformed: ManagementEvent = { type: 'malformed', keyword: toUtf8(keyword), text }
  if (keyword === 'CLIENT') {
    return (text.startsWith('ADDRESS,') ? parseClientAddress(text) : openClient(text)) ?? malformed
  }
  if (keyword === 'UPDOWN') return openUpdown(text) ?? malformed
  const parse = MESSAGES.get(keyword)
  return parse === undefined ? { type: 'unknown', keyword: toUtf8(keyword), text } : (parse(text) ?? malformed)
}

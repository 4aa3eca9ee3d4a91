import type { ManagementEvent, ParserOutput } from './events.ts'
import { splitLines, toUtf8 } from './lines.ts'
import { type Opening, openClient, parseClientAddress } from './messages/client.ts'
import { MESSAGES } from './messages/table.ts'
import { openUpdown } from './messages/updown.ts'
import { type EnvLimits, OpenNotification } from './notification.ts'

export type ParserLimits = EnvLimits & { maxLineBytes: number }

/** Far above anything seen (2.3 KB in 46 lines, 120 bytes in one), far below what would hurt. */
export const PARSER_LIMITS: ParserLimits = { maxLineBytes: 65_536, maxEnvBytes: 65_536, maxEnvLines: 1024 }

/** What has notifications of several lines. */
const WITH_ENV = new Set(['CLIENT', 'UPDOWN'])
const CLIENT_ENV_LINE = '>CLIENT:ENV,'
const ENV_WORD = 'ENV,'
const GREATER = 62

/**
 * Makes events of what OpenVPN writes to its management interface, and lines of what is left: answers to commands. It
 * never throws, whatever it is given, and keeps no more than the limits allow.
 *
 * Lines between those of an environment are delivered as they come. The manual ("The CLIENT notification") says that
 * there are none, and nothing depends on it but their order.
 * @param deliver is called in the order of the stream, within the call that brought an event's last byte
 */
export function createParser(
  deliver: (output: ParserOutput) => void,
  limits: Partial<ParserLimits> = {},
): (chunk: Uint8Array) => void {
  const { maxLineBytes, ...envLimits } = { ...PARSER_LIMITS, ...limits }
  let open: OpenNotification | undefined
  let isInStray = false
  const report = (event: ManagementEvent | undefined) => {
    if (event !== undefined) deliver(event)
  }

  const takeEnv = (source: string, text: string) => {
    if (open?.source !== source) {
      // One event for all of it, and never a value: it may be a password.
      if (!isInStray)
        report({ type: 'malformed', keyword: source, text: `${ENV_WORD}${toUtf8(text.replace(/=.*/s, '='))}` })
      isInStray = text !== 'END'
    } else if (text !== 'END') report(open.add(text))
    else {
      const ended = open
      open = undefined
      report(ended.complete())
    }
  }

  const takeRealTime = (line: string) => {
    const { keyword, text } = splitKeyword(line)
    if (WITH_ENV.has(keyword) && text.startsWith(ENV_WORD)) return takeEnv(keyword, text.slice(ENV_WORD.length))
    const message = readMessage(keyword, text)
    if ('type' in message) return report(message)
    report(open?.lose('cut'))
    open = new OpenNotification(keyword, message, envLimits)
  }

  return splitLines(
    {
      onLine: (line) => {
        // Nineteen of twenty lines of a storm.
        if (open !== undefined && line.startsWith(CLIENT_ENV_LINE))
          takeEnv('CLIENT', line.slice(CLIENT_ENV_LINE.length))
        else if (line.charCodeAt(0) === GREATER) takeRealTime(line)
        else deliver({ type: 'reply-line', text: toUtf8(line) })
      },
      onTooLong: () => {
        deliver({ type: 'line-too-long', limitBytes: maxLineBytes })
        report(open?.lose('line-too-long'))
      },
      onPrompt: () => deliver({ type: 'password-prompt' }),
    },
    maxLineBytes,
  )
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

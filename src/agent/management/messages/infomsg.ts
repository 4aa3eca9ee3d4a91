import { parseTextChallenge } from '../challenge.ts'
import type { InfomsgEvent } from '../events.ts'

const WEB_AUTH = 'WEB_AUTH:'
const OPEN_URL = 'OPEN_URL:'

/**
 * What the server gave to `client-pending-auth`. A form that nobody here knows stays a text.
 * Undefined when it begins like one that is known and does not go on like it.
 */
export function parseInfomsg(text: string): InfomsgEvent | undefined {
  if (text.startsWith('CR_TEXT:')) {
    const challenge = parseTextChallenge(text)
    return challenge && { type: 'INFOMSG:CR_TEXT', challenge }
  }
  if (text.startsWith(OPEN_URL)) return { type: 'INFOMSG:OPEN_URL', url: text.slice(OPEN_URL.length) }
  return text.startsWith(WEB_AUTH) ? parseWebAuth(text.slice(WEB_AUTH.length)) : { type: 'INFOMSG', text }
}

/** A proxy among the flags has an IPv6 address in brackets, with colons of its own: the URL begins after the others. */
const FLAGS = /^((?:\[[^\]]*\]|[^:[])*):(.*)$/s

function parseWebAuth(text: string): InfomsgEvent | undefined {
  const [, flags, url] = FLAGS.exec(text) ?? []
  if (flags === undefined || url === undefined) return undefined
  return { type: 'INFOMSG:WEB_AUTH', flags: flags.split(',').filter(Boolean), url }
}

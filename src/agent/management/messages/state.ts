import type { NoticeEvent, StateRecord } from '../events.ts'
import { orUndefined, parseCount } from './fields.ts'

/** What stands after the description; OpenVPN leaves the last ones away where a state has none of them. */
const FIELDS_AFTER_DESCRIPTION = 6

/** `time,state,description,…`: after `>STATE:`, and as a line of what `state` answers. */
export function parseStateRecord(text: string): StateRecord | undefined {
  const [first, state, ...rest] = text.split(',')
  const time = parseCount(first)
  if (time === undefined || state === undefined || !/^[A-Z_]+$/.test(state)) return undefined
  // The description alone can have commas.
  const words = Math.max(1, rest.length - FIELDS_AFTER_DESCRIPTION)
  const [localIpv4, remoteAddress, remotePort, localAddress, localPort, localIpv6] = rest.slice(words).map(orUndefined)
  return {
    time,
    state,
    description: orUndefined(rest.slice(0, words).join(',')),
    localIpv4,
    remoteAddress,
    remotePort: parseCount(remotePort),
    localAddress,
    localPort: parseCount(localPort),
    localIpv6,
  }
}

export function parseState(text: string): NoticeEvent | undefined {
  const record = parseStateRecord(text)
  return record && { type: 'STATE', record }
}

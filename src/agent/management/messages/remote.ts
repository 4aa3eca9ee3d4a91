import type { QueryEvent } from '../events.ts'
import { parseCount, splitFields } from './fields.ts'

/** `>REMOTE:vpn.example.com,1194,udp`, with `--management-query-remote`. */
export function parseRemote(text: string): QueryEvent | undefined {
  const [host, digits, protocol] = splitFields(text, 3)
  const port = parseCount(digits)
  if (host === undefined || port === undefined || protocol === undefined) return undefined
  return { type: 'REMOTE', host, port, protocol }
}

/** `>PROXY:1,TCP,vpn.example.com`, with `--management-query-proxy`. */
export function parseProxy(text: string): QueryEvent | undefined {
  const [digits, protocol, host] = splitFields(text, 3)
  const index = parseCount(digits)
  if (index === undefined || protocol === undefined || host === undefined) return undefined
  return { type: 'PROXY', index, protocol, host }
}

import type { NoticeEvent } from '../events.ts'
import { parseCount, splitFields } from './fields.ts'

/** `>BYTECOUNT:in,out`, of a client. */
export function parseBytecount(text: string): NoticeEvent | undefined {
  const [bytesIn, bytesOut] = splitFields(text, 2).map(parseCount)
  if (bytesIn === undefined || bytesOut === undefined) return undefined
  return { type: 'BYTECOUNT', bytesIn, bytesOut }
}

/** `>BYTECOUNT_CLI:cid,in,out`, of a server. */
export function parseBytecountCli(text: string): NoticeEvent | undefined {
  const [cid, bytesIn, bytesOut] = splitFields(text, 3).map(parseCount)
  if (cid === undefined || bytesIn === undefined || bytesOut === undefined) return undefined
  return { type: 'BYTECOUNT_CLI', cid, bytesIn, bytesOut }
}

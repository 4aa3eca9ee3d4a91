import type { EchoRecord, LogRecord, NoticeEvent } from '../events.ts'
import { parseCount, splitFields } from './fields.ts'

/** `time,flags,message`: after `>LOG:`, and as a line of what `log` answers. */
export function parseLogRecord(text: string): LogRecord | undefined {
  const [time, flags, message] = splitFields(text, 3)
  const seconds = parseCount(time)
  if (seconds === undefined || flags === undefined || message === undefined) return undefined
  return /^[A-Z]*$/.test(flags) ? { time: seconds, flags, message } : undefined
}

/** `time,text`: after `>ECHO:`, and as a line of what `echo` answers. */
export function parseEchoRecord(text: string): EchoRecord | undefined {
  const [time, echoed] = splitFields(text, 2)
  const seconds = parseCount(time)
  return seconds === undefined || echoed === undefined ? undefined : { time: seconds, text: echoed }
}

export function parseLog(text: string): NoticeEvent | undefined {
  const record = parseLogRecord(text)
  return record && { type: 'LOG', record }
}

export function parseEcho(text: string): NoticeEvent | undefined {
  const record = parseEchoRecord(text)
  return record && { type: 'ECHO', record }
}

import type { NoticeEvent } from '../events.ts'
import { parseCount, splitFields } from './fields.ts'

export function parseInfo(text: string): NoticeEvent {
  return { type: 'INFO', text }
}

export function parseFatal(text: string): NoticeEvent {
  return { type: 'FATAL', text }
}

/** `Waiting for hold release:10`: versions before 2.4 gave no seconds. */
export function parseHold(text: string): NoticeEvent {
  const [, digits] = /:(\d+)$/.exec(text) ?? []
  return { type: 'HOLD', text, waitSeconds: parseCount(digits) }
}

/** `severity,notification,detail`, such as `info,server-pushed-connection-reset,`; in no manual. */
export function parseNotify(text: string): NoticeEvent | undefined {
  const [severity, notification, detail = ''] = splitFields(text, 3)
  if (severity === undefined || notification === undefined) return undefined
  return { type: 'NOTIFY', severity, notification, detail }
}

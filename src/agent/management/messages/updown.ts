import type { NoticeEvent } from '../events.ts'
import type { Opening } from './client.ts'

/** `>UPDOWN:UP`, with `--management-up-down`; in no manual. An environment follows, as with CLIENT. */
export function openUpdown(text: string): Opening<NoticeEvent> | undefined {
  if (text !== 'UP' && text !== 'DOWN') return undefined
  return {
    lost: { source: 'UPDOWN', kind: text, cid: undefined, kid: undefined },
    complete: (env) => ({ type: `UPDOWN:${text}`, env }),
  }
}

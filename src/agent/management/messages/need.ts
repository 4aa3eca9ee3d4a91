import type { QueryEvent } from '../events.ts'

/** `Need 'token-insertion-request' confirmation MSG:Please insert …` */
const NEED = /^Need '([^']*)' (\S+) MSG:(.*)$/s

export function parseNeedOk(text: string): QueryEvent | undefined {
  const need = parseNeed(text)
  return need && { type: 'NEED-OK', ...need }
}

export function parseNeedStr(text: string): QueryEvent | undefined {
  const need = parseNeed(text)
  return need && { type: 'NEED-STR', ...need }
}

/** The hint is what stands after `--management-external-cert`. */
export function parseNeedCertificate(text: string): QueryEvent {
  return { type: 'NEED-CERTIFICATE', hint: text }
}

function parseNeed(text: string): { what: string; needs: string; message: string } | undefined {
  const [, what, needs, message] = NEED.exec(text) ?? []
  return what === undefined || needs === undefined || message === undefined ? undefined : { what, needs, message }
}

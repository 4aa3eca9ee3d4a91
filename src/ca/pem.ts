import { Malformed } from './der-reader.ts'

const LINE = 64
const BEGIN = /^\s*-----BEGIN ([A-Za-z0-9 -]{1,64})-----\r?\n/

export type PemBlock = { label: string; der: Buffer }

/** Textual encoding of RFC 7468: lines of 64 characters, a line feed after each. */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/**
 * Reads a text that is one PEM block and nothing else but white space around it. Lines may have any length and end
 * as on any system; the base64 must be whole and canonical, because Node's own decoder takes anything.
 * @throws Malformed, saying what is wrong and repeating none of the content
 */
export function fromPem(text: string): PemBlock {
  const [begin = '', label = ''] = BEGIN.exec(text) ?? []
  const end = `-----END ${label}-----`
  const trimmed = text.trimEnd()
  const body = trimmed.slice(begin.length, -end.length)
  if (begin === '' || !trimmed.endsWith(`\n${end}`) || body.includes('-----')) throw new Malformed(describeFault(text))
  const base64 = body.replace(/[\r\n]+/g, '')
  const der = Buffer.from(base64, 'base64')
  if (der.toString('base64') !== base64) throw new Malformed(`the base64 of the ${label} block is damaged`)
  return { label, der }
}

function describeFault(text: string): string {
  const begins = text.split('-----BEGIN ').length - 1
  if (begins === 0) return 'there is no PEM block in it ("-----BEGIN ...-----")'
  if (begins > 1) return `there are ${begins} PEM blocks in it and only one belongs here`
  if (!text.includes('-----END ')) return 'the PEM block has no end ("-----END ...-----")'
  return 'it must be one PEM block, with nothing before, inside or after it but base64'
}

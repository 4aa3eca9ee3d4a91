import { decodeBase64 } from '../challenge.ts'
import type { QueryEvent } from '../events.ts'
import { splitFields } from './fields.ts'

/** What to sign with a key that OpenVPN has not, asked of a client that announced no version. */
export function parseRsaSign(text: string): QueryEvent | undefined {
  return isData(text) ? { type: 'RSA_SIGN', dataBase64: text } : undefined
}

/** The same, asked of a client that announced version 2, or 3 with the algorithm. Its parameters have commas. */
export function parsePkSign(text: string): QueryEvent | undefined {
  const [dataBase64 = '', algorithm] = splitFields(text, 2)
  return isData(dataBase64) ? { type: 'PK_SIGN', dataBase64, algorithm } : undefined
}

function isData(text: string): boolean {
  return text !== '' && decodeBase64(text) !== undefined
}

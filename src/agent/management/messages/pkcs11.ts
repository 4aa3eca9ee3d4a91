import type { QueryEvent } from '../events.ts'
import { parseCount } from './fields.ts'

export function parsePkcs11IdCount(text: string): QueryEvent | undefined {
  const count = parseCount(text)
  return count === undefined ? undefined : { type: 'PKCS11ID-COUNT', count }
}

/** `'1', ID:'…', BLOB:'…'`. OpenVPN 2.6 says the index alone where there is no such entry. */
export function parsePkcs11IdEntry(text: string): QueryEvent | undefined {
  const [, digits, id, blobBase64] = /^'(\d+)'(?:, ID:'(.*)', BLOB:'([^']*)')?$/s.exec(text) ?? []
  const index = parseCount(digits)
  if (index === undefined) return undefined
  const entry = id === undefined || blobBase64 === undefined ? undefined : { id, blobBase64 }
  return { type: 'PKCS11ID-ENTRY', index, entry }
}

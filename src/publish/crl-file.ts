import { existsSync } from 'node:fs'
import type { Authority, RevokedEntry } from '../ca/authority.ts'
import { type RevocationList, readRevocationList, revocationListPem } from '../ca/revocation-list.ts'
import { BACKDATE_MS, DAY_MS, wholeSeconds } from '../domain/lifetime.ts'
import { readIfPresent, replaceFileDurably } from './files.ts'
import { PUBLIC } from './layout.ts'

export type CrlSettings = { path: string; authority: Authority; crlDays: number; now: () => Date }

/** pki/crl.pem. */
export type CrlFile = {
  /** The list that is in place, if it is one of this authority; anything else counts as none. */
  read(): RevocationList | undefined
  /** Signs a new list and puts it in place. */
  replace(number: number, revoked: readonly RevokedEntry[]): Promise<void>
  /** The list that was last read or put in place, while its file is there. */
  current(): RevocationList | undefined
}

export function openCrlFile({ path, authority, crlDays, now }: CrlSettings): CrlFile {
  let current: RevocationList | undefined
  return {
    read: () => {
      const bytes = readIfPresent(path)
      current = bytes === undefined ? undefined : readOrNothing(bytes, authority.certificate.der)
      return current
    },
    replace: async (number, revoked) => {
      const thisUpdate = wholeSeconds(new Date(now().getTime() - BACKDATE_MS))
      const nextUpdate = new Date(thisUpdate.getTime() + crlDays * DAY_MS)
      const text = revocationListPem(authority.signRevocationList({ number, thisUpdate, nextUpdate, revoked }))
      const list = checked(Buffer.from(text), authority, number, revoked.length)
      await replaceFileDurably(path, text, PUBLIC)
      current = list
    },
    current: () => (existsSync(path) ? current : undefined),
  }
}

function readOrNothing(bytes: Buffer, authorityDer: Buffer): RevocationList | undefined {
  try {
    return readRevocationList(bytes, authorityDer)
  } catch {
    return undefined
  }
}

/**
 * A list that OpenVPN can't read refuses everybody, and one of another authority refuses nobody [facts 3.2]: the very
 * bytes are read back before they take the place of a list that works.
 */
function checked(bytes: Buffer, authority: Authority, number: number, entries: number): RevocationList {
  const list = readRevocationList(bytes, authority.certificate.der)
  if (list.number !== number || list.serials.length !== entries) {
    throw new Error(`the revocation list was made wrong: number ${list.number}, ${list.serials.length} entries`)
  }
  return list
}

import { createHash } from 'node:crypto'

/** How much chance a token is made of: more than can be guessed, so that its digest needs no slow hash. */
export const TOKEN_BYTES = 32

/** What every token begins with, so that whoever finds one somewhere knows what was lost. */
const PREFIX = 'vpnunit_'

const TOKEN = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`)

/** The text of a token that is made of these random bytes. */
export function formatToken(random: Buffer): string {
  return PREFIX + random.toString('base64url')
}

/** Whether a text can be that of a token: what can't needs no look into the database. */
export function isTokenText(text: string): boolean {
  return TOKEN.test(text)
}

/** What is kept of a token. */
export function digestOfToken(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

import { Secret } from '../../../domain/secret.ts'
import { parseDynamicChallenge, parseStaticChallenge, type StaticChallenge } from '../challenge.ts'
import type { PasswordEvent } from '../events.ts'

const TOKEN = 'Auth-Token:'

/** A question for a password, a failure, or a token to use in place of the password. */
export function parsePassword(text: string): PasswordEvent | undefined {
  if (text.startsWith('Need ')) return parseNeed(text)
  if (text.startsWith('Verification Failed: ')) return parseFailure(text)
  if (!text.startsWith(TOKEN)) return undefined
  return { type: 'PASSWORD:AUTH-TOKEN', token: new Secret(text.slice(TOKEN.length)) }
}

function parseNeed(text: string): PasswordEvent | undefined {
  const [, what, needs, question] = /^Need '([^']*)' (password|username\/password)(?: SC:(.*))?$/s.exec(text) ?? []
  if (what === undefined || (needs !== 'password' && needs !== 'username/password')) return undefined
  const challenge: StaticChallenge | undefined = question === undefined ? undefined : parseStaticChallenge(question)
  if (question !== undefined && challenge === undefined) return undefined
  return { type: 'PASSWORD:NEED', what, needs, challenge }
}

/** `'Auth'`, with what the server said after it; the manual's example 8 leaves `'Auth'` away. */
const FAILURE = /^Verification Failed: (?:'([^']*)')?(?: ?\['(.*)'\])?$/s

/** Example 5 of the manual: the server's words in the place of `'Auth'`, which may have quotes themselves. */
const OWN_WORDS = /^Verification Failed: '(.*)'$/s

function parseFailure(text: string): PasswordEvent | undefined {
  const [found, what, reason] = FAILURE.exec(text) ?? []
  if (found !== undefined && (what !== undefined || reason !== undefined)) {
    const challenge = reason === undefined ? undefined : parseDynamicChallenge(reason)
    return { type: 'PASSWORD:FAILED', what, reason, challenge }
  }
  const [, words] = OWN_WORDS.exec(text) ?? []
  if (words === undefined) return undefined
  return { type: 'PASSWORD:FAILED', what: undefined, reason: words, challenge: undefined }
}

import { randomBytes } from 'node:crypto'
import { formatTime, wholeSeconds } from '../domain/lifetime.ts'
import { quote, type TokenName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { Scope } from '../domain/scope.ts'
import { Secret } from '../domain/secret.ts'
import { digestOfToken, formatToken, TOKEN_BYTES } from '../domain/token-text.ts'
import type { TokenRow } from '../store/tokens.ts'
import type { Unit } from '../unit.ts'
import { type Caller, change } from './change.ts'
import { knownToken } from './known.ts'

export type WantedToken = { name: TokenName; scope: Scope; expiresAt?: Date | undefined }

/**
 * Makes a token. Its text is given back here and never again: only a digest of it is kept.
 * @throws Problem token-exists; bad-request when it would have ended already
 */
export async function createToken(
  unit: Unit,
  caller: Caller,
  wanted: WantedToken,
): Promise<{ token: TokenRow; text: Secret }> {
  const { name, scope } = wanted
  const expiresAt = endOf(wanted, unit.now())
  const text = new Secret(formatToken(randomBytes(TOKEN_BYTES)))
  const token = await change(unit, caller, `/tokens/${name}`, (step) => {
    if (unit.store.tokens.find(name) !== undefined) {
      throw new Problem('token-exists', `There is a token ${quote(name)} already.`)
    }
    unit.store.tokens.insert({ name, scope, expiresAt, createdAt: step.at, digest: digestOfToken(text.reveal()) })
    step.record('token.create', name, { scope, expiresAt: expiresAt && formatTime(expiresAt) })
    return knownToken(unit, name)
  })
  return { token, text }
}

function endOf({ expiresAt }: WantedToken, now: Date): Date | null {
  if (expiresAt === undefined) return null
  const end = wholeSeconds(expiresAt)
  if (end > now) return end
  const fault = `must be in the future; ${formatTime(end)} is not`
  throw new Problem('bad-request', `The body is refused: /expiresAt ${fault}.`, {
    errors: [{ field: '/expiresAt', message: fault }],
  })
}

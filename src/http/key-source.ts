import type { KeyType } from '../domain/key-type.ts'
import { Problem } from '../domain/problem.ts'
import type { KeySource } from '../provision/identity.ts'

/**
 * Where a key is to come from, when the body says so.
 * @throws Problem bad-request when it says two things
 */
export function keySourceOf(body: { csr?: string | undefined; keyType?: KeyType | undefined }): KeySource | undefined {
  const { csr, keyType } = body
  if (csr !== undefined && keyType !== undefined) {
    throw new Problem('bad-request', 'Send "csr" or "keyType", not both: the request says what key it has.')
  }
  if (csr !== undefined) return { csr }
  return keyType === undefined ? undefined : { keyType }
}

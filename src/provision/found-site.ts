import type { KeyObject } from 'node:crypto'
import { createAuthority, openAuthority } from '../ca/authority.ts'
import { createServerKey } from '../ca/tls-crypt-v2.ts'
import type { Vault } from '../ca/vault.ts'
import { SERVER_TLS_CRYPT_CONTEXT } from '../domain/key-context.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'

/**
 * The row that says what this installation is, made at the first start: its authority's certificate, its server's name
 * and key. A start that crashed between the key's file and this row goes on from the key.
 */
export async function foundSite(
  parts: { store: Store; vault: Vault; authorityKey: KeyObject; serverName: string; prefix: string },
  now: Date,
): Promise<SiteRow> {
  const { store, vault } = parts
  const found = store.site.find()
  if (found !== undefined) return found
  const authority = createAuthority(parts.authorityKey, now)
  openAuthority(parts.authorityKey, authority.der)
  await store.write(() =>
    store.site.found({
      serverName: parts.serverName,
      authorityCertificate: authority.der,
      sealedTlsCryptKey: vault.seal(Buffer.from(createServerKey()), SERVER_TLS_CRYPT_CONTEXT),
      createdAt: now,
      prefix: parts.prefix,
    }),
  )
  const made = store.site.find()
  if (made === undefined) throw new Error('the row of the table site was not kept')
  return made
}

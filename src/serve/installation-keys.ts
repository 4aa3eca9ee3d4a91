import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import { type Authority, openAuthority } from '../ca/authority.ts'
import { generateKeyPair } from '../ca/key-pair.ts'
import { decodeAuthorityKey, encodeAuthorityKey } from '../ca/private-key.ts'
import type { Vault } from '../ca/vault.ts'
import type { Config } from '../config.ts'
import { SERVER_TLS_CRYPT_CONTEXT } from '../domain/key-context.ts'
import { replaceFileDurably } from '../publish/files.ts'
import { type Layout, SECRET } from '../publish/layout.ts'
import { readOrMakeSecret } from '../publish/secret-file.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { StartError } from './start-error.ts'

/**
 * The key that seals private keys inside the database, made at the first start.
 * @throws StartError
 */
export async function readStorageKey(layout: Layout, store: Store): Promise<Buffer> {
  if (store.site.find() !== undefined && !existsSync(layout.storageKey)) {
    throw new StartError(
      `${layout.storageKey} is gone, and the private keys in the database are sealed with it: put it back from a backup`,
    )
  }
  const key = await readOrMakeSecret(layout.storageKey, () => randomBytes(32))
  if (key.length !== 32)
    throw new StartError(`${layout.storageKey} is damaged, it must hold 32 bytes: put it back from a backup`)
  return key
}

/**
 * The authority's private key, made at the first start. A key that is not encrypted is, once a passphrase is given.
 * @throws StartError
 */
export async function readAuthorityKey(config: Config, layout: Layout, store: Store, log: Logger): Promise<KeyObject> {
  const passphrase = readPassphrase(config)
  if (store.site.find() !== undefined && !existsSync(layout.caKey)) {
    throw new StartError(`${layout.caKey} is gone, and every certificate was signed with it: put it back from a backup`)
  }
  const text = await readOrMakeSecret(layout.caKey, async () => {
    const { privateKey } = await generateKeyPair(config.keyType)
    return encodeAuthorityKey(createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }), passphrase)
  })
  const { key, encrypted } = decodeOrStop(text.toString(), passphrase, layout)
  if (passphrase !== undefined && !encrypted) {
    await replaceFileDurably(layout.caKey, encodeAuthorityKey(key, passphrase), SECRET)
    log.info('ca.key was not encrypted and is now')
  }
  return key
}

function decodeOrStop(text: string, passphrase: Buffer | undefined, layout: Layout) {
  try {
    return decodeAuthorityKey(text, passphrase)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`${layout.caKey} can't be opened: ${reason}; see VPNUNIT_CA_PASSPHRASE_FILE`)
  }
}

/** A line feed at the end is the editor's, not the passphrase's. */
function readPassphrase({ passphraseFile }: Config): Buffer | undefined {
  if (passphraseFile === undefined) return undefined
  try {
    const text = readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '')
    if (text === '') throw new Error('it is empty')
    return Buffer.from(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`VPNUNIT_CA_PASSPHRASE_FILE can't be read: ${reason}`)
  }
}

/**
 * The authority, whose key must be the one that its certificate was made for.
 * @throws StartError
 */
export function openOwnAuthority(layout: Layout, key: KeyObject, site: SiteRow): Authority {
  try {
    return openAuthority(key, site.authorityCertificate)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(`${layout.caKey} can't be used: ${reason}; put the right one back from a backup`)
  }
}

/**
 * The server's tls-crypt-v2 key, PEM; opening it proves the storage key.
 * @throws StartError
 */
export function openServerTlsCryptKey(vault: Vault, site: SiteRow): string {
  try {
    return vault.open(site.sealedTlsCryptKey, SERVER_TLS_CRYPT_CONTEXT).toString()
  } catch {
    throw new StartError(
      'pki/private/storage.key is not the one that the keys in the database are sealed with: put that back from a backup',
    )
  }
}

/**
 * The administrator's token, made at the first start.
 * @throws StartError
 */
export async function readToken(layout: Layout): Promise<string> {
  const token = await readOrMakeSecret(layout.adminToken, () => `${randomBytes(32).toString('hex')}\n`)
  const text = token.toString().trim()
  if (text.length < 16) throw new StartError(`${layout.adminToken} is damaged: remove it, and a new one is made`)
  return text
}

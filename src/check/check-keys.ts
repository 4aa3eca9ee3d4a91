import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { openAuthority } from '../ca/authority.ts'
import { decodeAuthorityKey } from '../ca/private-key.ts'
import { openVault, type Vault } from '../ca/vault.ts'
import type { Config } from '../config.ts'
import { keyContext } from '../domain/key-context.ts'
import type { Layout } from '../publish/layout.ts'
import { openServerTlsCryptKey } from '../serve/installation-keys.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { type Finding, fine, note, orFine, problem, reasonOf } from './finding.ts'

const BACKUP = 'put it back from a backup'

/** Whether ca.key is there, can be opened, and is the key of the authority that the database knows. */
export function checkAuthorityKey(config: Config, { caKey }: Layout, site: SiteRow): Finding[] {
  if (!existsSync(caKey)) {
    return [problem('ca-key-missing', `${caKey} is gone, and every certificate was signed with it`, BACKUP)]
  }
  const opened = openKey(config, caKey)
  if ('finding' in opened) return [opened.finding]
  const findings = opened.isPlain && config.passphraseFile !== undefined ? [notEncrypted(caKey)] : []
  try {
    openAuthority(opened.key, site.authorityCertificate)
  } catch (error) {
    return [problem('ca-key-of-another', `${caKey}: ${reasonOf(error)}`, BACKUP)]
  }
  return orFine(findings, 'ca-key', 'ca.key can be opened and is the authority’s')
}

function openKey(config: Config, caKey: string): { key: KeyObject; isPlain: boolean } | { finding: Finding } {
  const passphrase = readPassphrase(config)
  if ('finding' in passphrase) return passphrase
  try {
    const { key, encrypted } = decodeAuthorityKey(readFileSync(caKey, 'utf8'), passphrase.value)
    return { key, isPlain: !encrypted }
  } catch (error) {
    const remedy = 'see VPNUNIT_CA_PASSPHRASE_FILE, or put the key back from a backup'
    return { finding: problem('ca-key-unusable', `ca.key can't be opened: ${reasonOf(error)}`, remedy) }
  }
}

/** A line feed at the end is the editor's, not the passphrase's. */
function readPassphrase({ passphraseFile }: Config): { value: Buffer | undefined } | { finding: Finding } {
  if (passphraseFile === undefined) return { value: undefined }
  try {
    const text = readFileSync(passphraseFile, 'utf8').replace(/\r?\n$/, '')
    if (text === '') throw new Error('it is empty')
    return { value: Buffer.from(text) }
  } catch (error) {
    const detail = `VPNUNIT_CA_PASSPHRASE_FILE can't be read: ${reasonOf(error)}`
    return { finding: problem('passphrase-unreadable', detail, 'the service can’t start without it: put it there') }
  }
}

function notEncrypted(caKey: string): Finding {
  return note(
    'ca-key-not-encrypted',
    `${caKey} is not encrypted, though there is a passphrase`,
    'the next start encrypts it',
  )
}

/** Whether storage.key is there and is the one that the database's keys are sealed with; the vault, if it is. */
export function checkStorageKey(
  { storageKey }: Layout,
  store: Store,
  site: SiteRow,
): { findings: Finding[]; vault: Vault | undefined } {
  const wrong = (finding: Finding) => ({ findings: [finding], vault: undefined })
  if (!existsSync(storageKey)) {
    const detail = `${storageKey} is gone, and the private keys in the database are sealed with it`
    return wrong(problem('storage-key-missing', detail, BACKUP))
  }
  try {
    const vault = openVault(readFileSync(storageKey))
    openServerTlsCryptKey(vault, site)
    const server = store.certificates.findServer()
    if (server?.sealedKey) vault.open(server.sealedKey, keyContext(server.serial))
    return { findings: [fine('storage-key', 'storage.key opens what the database holds')], vault }
  } catch (error) {
    return wrong(problem('storage-key-of-another', `${storageKey}: ${reasonOf(error)}`, BACKUP))
  }
}

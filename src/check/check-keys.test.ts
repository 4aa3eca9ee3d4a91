import { randomBytes } from 'node:crypto'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../config.ts'
import { checkAuthorityKey, checkStorageKey } from './check-keys.ts'
import { codesOf, type Installation, openInstallation, shortFolder } from './testing/installation.ts'

const authority = ({ config, layout, site }: Installation, env: Record<string, string> = {}) =>
  checkAuthorityKey(Object.keys(env).length === 0 ? config : readConfig(env), layout, site())

t.test('ca.key as a start makes it is right', async (t) => {
  t.match(authority(await openInstallation(t)), [{ level: 'ok', code: 'ca-key' }])
})

t.test('ca.key that is gone, damaged or of another installation is a problem', async (t) => {
  const one = await openInstallation(t)
  const { caKey } = one.layout
  writeFileSync(caKey, 'no key')
  t.match(authority(one), [
    { code: 'ca-key-unusable', detail: /ca\.key can't be opened: the authority's key is damaged/ },
  ])
  rmSync(caKey)
  t.match(authority(one), [{ code: 'ca-key-missing', detail: `${caKey} is gone`, remedy: 'backup' }])
  const other = await openInstallation(t)
  copyFileSync(other.layout.caKey, caKey)
  t.match(authority(one), [{ code: 'ca-key-of-another', detail: 'does not belong to its certificate' }])
})

t.test('an encrypted ca.key wants its passphrase', async (t) => {
  const folder = shortFolder(t)
  const right = join(folder, 'right')
  const wrong = join(folder, 'wrong')
  const empty = join(folder, 'empty')
  writeFileSync(right, 'a passphrase\n')
  writeFileSync(wrong, 'another\n')
  writeFileSync(empty, '\n')
  const one = await openInstallation(t, { VPNUNIT_CA_PASSPHRASE_FILE: right })
  const withFile = (file: string) => authority(one, { VPNUNIT_CA_PASSPHRASE_FILE: file })
  t.same(codesOf(withFile(right)), [])
  t.match(withFile(wrong), [
    { code: 'ca-key-unusable', detail: 'wrong passphrase', remedy: 'VPNUNIT_CA_PASSPHRASE_FILE' },
  ])
  t.match(authority(one, { VPNUNIT_PORT: '1' }), [
    { code: 'ca-key-unusable', detail: 'encrypted and no passphrase given' },
  ])
  t.match(withFile(empty), [{ code: 'passphrase-unreadable', detail: 'it is empty' }])
  t.match(withFile(join(folder, 'none')), [{ code: 'passphrase-unreadable', detail: 'ENOENT' }])
})

t.test('a plain ca.key is encrypted by the next start, not by us', async (t) => {
  const passphrase = join(shortFolder(t), 'passphrase')
  writeFileSync(passphrase, 'a passphrase')
  const one = await openInstallation(t)
  t.match(authority(one, { VPNUNIT_CA_PASSPHRASE_FILE: passphrase }), [{ level: 'note', code: 'ca-key-not-encrypted' }])
  t.same(codesOf(authority(one)), [])
})

t.test('storage.key is the one that the database is sealed with, or it is a problem', async (t) => {
  const { layout, unit, site } = await openInstallation(t)
  const look = () => checkStorageKey(layout, unit.store, site())
  t.match(look(), { findings: [{ level: 'ok', code: 'storage-key' }], vault: {} })
  writeFileSync(layout.storageKey, randomBytes(32))
  t.match(look(), { findings: [{ code: 'storage-key-of-another', detail: 'not the one' }], vault: undefined })
  writeFileSync(layout.storageKey, 'short')
  t.match(look(), { findings: [{ code: 'storage-key-of-another', detail: '32 octets' }] })
  rmSync(layout.storageKey)
  t.match(look(), { findings: [{ code: 'storage-key-missing', remedy: 'backup' }], vault: undefined })
})

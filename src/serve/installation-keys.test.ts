import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openVault } from '../ca/vault.ts'
import { readConfig } from '../config.ts'
import { SERVER_TLS_CRYPT_CONTEXT } from '../domain/key-context.ts'
import { layoutOf, makeFolders } from '../publish/layout.ts'
import { openStore } from '../store/store.ts'
import { openServerTlsCryptKey, readAuthorityKey, readStorageKey, readToken } from './installation-keys.ts'

const log = pino({ level: 'silent' })
const modeOf = (path: string) => statSync(path).mode & 0o777
const ROW = {
  serverName: 'vpn.example.org',
  authorityCertificate: Buffer.from('certificate'),
  sealedTlsCryptKey: Buffer.from('sealed'),
  prefix: '2001:db8::/48',
  createdAt: new Date('2026-03-01T12:00:00Z'),
}

/** An empty data directory with a database, before or after the first start. */
function open(t: Test, { isFounded = false } = {}) {
  const layout = layoutOf(join(t.testdir({}), 'data'))
  makeFolders(layout)
  const store = openStore(':memory:')
  if (isFounded) store.site.found(ROW)
  const passphraseFile = join(layout.data, '../passphrase')
  const authorityKey = (passphrase?: string, env: Record<string, string> = {}) => {
    if (passphrase !== undefined) writeFileSync(passphraseFile, passphrase)
    const file = passphrase === undefined ? {} : { VPNUNIT_CA_PASSPHRASE_FILE: passphraseFile }
    return readAuthorityKey(readConfig({ VPNUNIT_DATA: layout.data, ...file, ...env }), layout, store, log)
  }
  return { layout, store, authorityKey, keyText: () => readFileSync(layout.caKey, 'utf8') }
}

t.test('the storage key is 32 random bytes, made once, for us alone', async (t) => {
  const { layout, store } = open(t)
  const key = await readStorageKey(layout, store)
  t.equal(key.length, 32)
  t.equal(modeOf(layout.storageKey), 0o600)
  t.same(await readStorageKey(layout, store), key)
  t.notSame(await readStorageKey(open(t).layout, store), key)
})

t.test(
  'a storage key that is gone is not made anew while there is a site: what it sealed could never be opened',
  async (t) => {
    const { layout, store } = open(t, { isFounded: true })
    const refusal = { name: 'StartError', message: /storage\.key is gone.* put it back from a backup/ }
    await t.rejects(readStorageKey(layout, store), refusal)
    t.throws(() => statSync(layout.storageKey), { code: 'ENOENT' })
  },
)

t.test('a storage key of another length is damaged', async (t) => {
  const { layout, store } = open(t)
  for (const text of ['', 'x'.repeat(31), 'x'.repeat(33)]) {
    writeFileSync(layout.storageKey, text)
    await t.rejects(readStorageKey(layout, store), { name: 'StartError', message: 'is damaged, it must hold 32 bytes' })
  }
})

t.test('the authority’s key is made once, of the type that is asked for, for us alone', async (t) => {
  const { layout, authorityKey, keyText } = open(t)
  const key = await authorityKey(undefined, { VPNUNIT_KEY_TYPE: 'ed25519' })
  t.equal(key.asymmetricKeyType, 'ed25519')
  t.equal(modeOf(layout.caKey), 0o600)
  t.match(keyText(), /^-----BEGIN PRIVATE KEY-----\n/)
  t.ok((await authorityKey()).equals(key), 'whatever type later ones are')
})

t.test('with a passphrase it is encrypted from the beginning', async (t) => {
  const { authorityKey, keyText } = open(t)
  const key = await authorityKey('correct horse\n')
  t.match(keyText(), /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
  t.ok(createPrivateKey({ key: keyText(), passphrase: 'correct horse' }).equals(key), 'the line feed is the editor’s')
  t.ok((await authorityKey('correct horse\r\n')).equals(key))
})

t.test('one that is not encrypted is, once a passphrase is given', async (t) => {
  const { layout, authorityKey, keyText } = open(t)
  const key = await authorityKey()
  t.ok((await authorityKey('correct horse')).equals(key))
  t.match(keyText(), /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
  t.equal(modeOf(layout.caKey), 0o600)
})

t.test('a key that can’t be opened stops the start, and says what to look at', async (t) => {
  const { layout, authorityKey, keyText } = open(t)
  await authorityKey('correct horse')
  const before = keyText()
  const refusal = (reason: string) => ({
    name: 'StartError',
    message: new RegExp(`ca\\.key can't be opened: .*${reason}.*; see VPNUNIT_CA_PASSPHRASE_FILE`),
  })
  await t.rejects(authorityKey('wrong horse'), refusal('wrong passphrase'))
  await t.rejects(authorityKey(), refusal('no passphrase given'))
  t.equal(keyText(), before)
  writeFileSync(layout.caKey, 'garbage')
  await t.rejects(authorityKey(), refusal('damaged'))
})

t.test('a passphrase that can’t be read stops the start before any key is made', async (t) => {
  const { layout, authorityKey } = open(t)
  const refusal = (reason: string) => ({
    name: 'StartError',
    message: new RegExp(`^VPNUNIT_CA_PASSPHRASE_FILE can't be read: .*${reason}`),
  })
  await t.rejects(authorityKey(''), refusal('it is empty'))
  await t.rejects(authorityKey('\n'), refusal('it is empty'))
  await t.rejects(authorityKey(undefined, { VPNUNIT_CA_PASSPHRASE_FILE: '/nowhere' }), refusal('ENOENT'))
  t.throws(() => statSync(layout.caKey), { code: 'ENOENT' })
})

t.test('an authority’s key that is gone is not made anew while there is a site', async (t) => {
  const { layout, authorityKey } = open(t, { isFounded: true })
  await t.rejects(authorityKey(), { name: 'StartError', message: /ca\.key is gone.* put it back from a backup/ })
  t.throws(() => statSync(layout.caKey), { code: 'ENOENT' })
})

t.test('another storage key is found out before anything is done with it', async (t) => {
  const vault = openVault(randomBytes(32))
  const sealedTlsCryptKey = vault.seal(Buffer.from('the key'), SERVER_TLS_CRYPT_CONTEXT)
  const site = { id: 1, revision: 0, crlNumber: 0, ...ROW, sealedTlsCryptKey }
  t.equal(openServerTlsCryptKey(vault, site), 'the key')
  const refusal = { name: 'StartError', message: 'storage.key is not the one' }
  t.throws(() => openServerTlsCryptKey(openVault(randomBytes(32)), site), refusal)
  t.throws(() => openServerTlsCryptKey(vault, { ...site, sealedTlsCryptKey: Buffer.from('') }), refusal)
})

t.test('the token is made once, for us alone, and may be written by hand', async (t) => {
  const { layout } = open(t)
  const token = await readToken(layout)
  t.match(token, /^[0-9a-f]{64}$/)
  t.equal(modeOf(layout.adminToken), 0o600)
  t.equal(readFileSync(layout.adminToken, 'utf8'), `${token}\n`)
  t.equal(await readToken(layout), token)
  writeFileSync(layout.adminToken, '  a-token-of-my-own  \n\n')
  t.equal(await readToken(layout), 'a-token-of-my-own')
  rmSync(layout.adminToken)
  t.not(await readToken(layout), token)
})

t.test('a token that could be guessed, or is none, stops the start', async (t) => {
  const { layout } = open(t)
  for (const text of ['', '\n', 'fifteen-letters', ' '.repeat(40)]) {
    writeFileSync(layout.adminToken, text)
    await t.rejects(readToken(layout), { name: 'StartError', message: 'admin-token is damaged: remove it' })
  }
  rmSync(layout.adminToken)
  mkdirSync(layout.adminToken)
  await t.rejects(readToken(layout), { code: 'EISDIR' })
})

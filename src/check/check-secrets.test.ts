import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../config.ts'
import { layoutOf, makeFolders } from '../publish/layout.ts'
import { checkSecrets } from './check-secrets.ts'
import { codesOf } from './testing/installation.ts'

function makeSecrets(data: string) {
  const layout = layoutOf(data)
  makeFolders(layout)
  const { database, adminToken, caKey, storageKey, serverKey, tlsCryptKey } = layout
  const files = [database, `${database}-wal`, `${database}-shm`, adminToken, caKey, storageKey, serverKey, tlsCryptKey]
  for (const path of files) writeFileSync(path, '', { mode: 0o600 })
  return { layout, files }
}

const NONE = readConfig({})

t.test('secrets as a start makes them are right, and so is what is not there yet', async (t) => {
  const data = join(t.testdir({}), 'data')
  t.match(checkSecrets(NONE, layoutOf(data)), [{ level: 'ok' }])
  t.match(checkSecrets(NONE, makeSecrets(data).layout), [{ level: 'ok' }])
})

t.test('each secret that lets others in is named, with what closes it', async (t) => {
  const { layout, files } = makeSecrets(join(t.testdir({}), 'data'))
  for (const path of [...files, layout.privateKeys]) {
    const closed = path === layout.privateKeys ? 0o700 : 0o600
    for (const mode of [0o040, 0o004, 0o020, 0o002]) {
      chmodSync(path, closed | mode)
      const findings = checkSecrets(NONE, layout)
      const isPlace = path.startsWith(layout.database) || path === layout.privateKeys
      const code = isPlace ? 'warning open-to-others' : 'problem secret-too-open'
      t.same(codesOf(findings), [code], `${path} ${mode.toString(8)}`)
      t.match(findings[0], { detail: path, remedy: `chmod go= ${path}` })
    }
    chmodSync(path, closed)
  }
})

t.test('a secret that was given may be a group’s, and not everybody’s', async (t) => {
  const folder = t.testdir({ passphrase: 'x', token: 'x', key: 'x', cert: 'x' })
  const config = readConfig({
    VPNUNIT_CA_PASSPHRASE_FILE: join(folder, 'passphrase'),
    VPNUNIT_TOKEN_FILE: join(folder, 'token'),
    VPNUNIT_TLS_KEY: join(folder, 'key'),
    VPNUNIT_TLS_CERT: join(folder, 'cert'),
  })
  for (const name of ['passphrase', 'token', 'key']) chmodSync(join(folder, name), 0o640)
  t.same(codesOf(checkSecrets(config, layoutOf(folder))), [])
  for (const name of ['passphrase', 'token', 'key']) chmodSync(join(folder, name), 0o644)
  const findings = checkSecrets(config, layoutOf(folder))
  t.same(codesOf(findings), Array(3).fill('problem secret-too-open'))
  t.match(findings[2], { detail: join(folder, 'key'), remedy: `chmod go= ${join(folder, 'key')}` })
})

const skip = process.getuid?.() === 0 ? false : 'to give files away needs root'

t.test('secrets of two users are what a start as root leaves behind', { skip }, async (t) => {
  const { layout } = makeSecrets(join(t.testdir({}), 'data'))
  chownSync(layout.database, 65534, 65534)
  const findings = checkSecrets(NONE, layout)
  t.same(codesOf(findings), ['problem owners-differ'])
  t.match(findings[0]?.detail, `${layout.database} is of user 65534, and ${layout.caKey} of user 0`)
})

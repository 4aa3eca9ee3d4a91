import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { exec, run } from '../lab/exec.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { addGateway, addUser, ask } from './asking.ts'
import { copyFolder } from './copies.ts'
import { readArtefacts } from './files.ts'
import { readCrl, verify } from './openssl.ts'
import { missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { type Refusal, refusedStart, STACK, startService } from './start.ts'

const skip = missing('openssl')
const RIGHT = 'the right passphrase, with ünicode'
const WRONG = 'some other passphrase'

const original = temporaryFolder(t)

t.before(async () => {
  const service = await startService(t, join(original, 'data'))
  await addUser(service, 'ada')
  await addGateway(service, 'a.example.org')
  await service.stop()
})

/** A stopped installation with a gateway, and where its keys are. */
function copyStopped(t: Test) {
  const folder = copyFolder(t, original)
  const data = join(folder, 'data')
  return { folder, data, caKey: join(data, 'pki/private/ca.key'), storageKey: join(data, 'pki/private/storage.key') }
}

function writePassphrase(folder: string, text: string): Record<string, string> {
  const path = join(folder, 'passphrase')
  writeFileSync(path, text, { mode: 0o600 })
  return { VPNUNIT_CA_PASSPHRASE_FILE: path }
}

function isRefused(t: Test, { code, words }: Refusal, ...said: (RegExp | string)[]): void {
  t.equal(code, 1)
  for (const each of said) t.match(words, each)
  for (const secret of [RIGHT, WRONG]) t.notOk(words.includes(secret), 'no passphrase is repeated')
  t.notMatch(words, STACK)
}

t.test(
  'an open key is encrypted once a passphrase is set, and opened by no other from then on',
  { skip },
  async (t) => {
    const { folder, data, caKey } = copyStopped(t)
    t.match(readFileSync(caKey, 'utf8'), /^-----BEGIN PRIVATE KEY-----/)
    const publicKey = await run('openssl', ['pkey', '-in', caKey, '-pubout'])

    // A line feed at the end is the editor's.
    const service = await startService(t, data, writePassphrase(folder, `${RIGHT}\n`))
    t.match(readFileSync(caKey, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
    t.equal(statSync(caKey).mode & 0o777, 0o600)
    t.equal(await run('openssl', ['pkey', '-in', caKey, '-passin', `pass:${RIGHT}`, '-pubout']), publicKey)
    t.not((await exec('openssl', ['pkey', '-in', caKey, '-passin', `pass:${WRONG}`, '-noout'])).code, 0)
    t.match(
      await run('openssl', ['asn1parse', '-in', caKey]),
      /PBES2[\s\S]+PBKDF2[\s\S]+hmacWithSHA256[\s\S]+aes-256-cbc/,
    )
    await ask(service, 'DELETE', '/gateway/a.example.org')
    t.equal((await readCrl(data)).serials.length, 1, 'it signs')
    await service.stop()
    t.notOk(service.process.output.includes(RIGHT))
    await refuseWrongPassphrases(t, folder, data)

    const again = await startService(t, data, writePassphrase(folder, RIGHT))
    t.same(await differences(again), [])
  },
)

async function refuseWrongPassphrases(t: Test, folder: string, data: string): Promise<void> {
  const before = readArtefacts(data)
  isRefused(
    t,
    await refusedStart(t, data, writePassphrase(folder, WRONG)),
    'VPNUNIT_CA_PASSPHRASE_FILE',
    /wrong passphrase/,
  )
  isRefused(t, await refusedStart(t, data, writePassphrase(folder, '')), 'VPNUNIT_CA_PASSPHRASE_FILE', /empty/)
  isRefused(t, await refusedStart(t, data), 'VPNUNIT_CA_PASSPHRASE_FILE', /encrypted/)
  t.same(readArtefacts(data), before, 'a refused start changes nothing')
}

t.test('a first start with a passphrase never writes an open key', { skip }, async (t) => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  await startService(t, data, writePassphrase(folder, RIGHT))
  t.match(readFileSync(join(data, 'pki/private/ca.key'), 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
  t.same([...(await verify(data, [join(data, 'ovpn/server.crt')])).values()], ['OK'])
})

t.test('a start without the authority’s key says what to do, and makes no other', { skip }, async (t) => {
  const { folder, data, caKey } = copyStopped(t)
  copyFileSync(caKey, join(folder, 'ca.key'))
  rmSync(caKey)
  const before = readArtefacts(data)
  isRefused(t, await refusedStart(t, data), caKey, /gone/, /backup/)
  t.same(readArtefacts(data), before)

  await run('openssl', ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', caKey])
  isRefused(t, await refusedStart(t, data), caKey, /backup/)

  copyFileSync(join(folder, 'ca.key'), caKey)
  t.same(await differences(await startService(t, data)), [], 'with the right one it goes on')
})

t.test('a start without the storage key says what to do, and makes no other', { skip }, async (t) => {
  const { folder, data, storageKey } = copyStopped(t)
  copyFileSync(storageKey, join(folder, 'storage.key'))
  rmSync(storageKey)
  const before = readArtefacts(data)
  isRefused(t, await refusedStart(t, data), storageKey, /gone/, /backup/)
  t.same(readArtefacts(data), before)

  writeFileSync(storageKey, randomBytes(32))
  isRefused(t, await refusedStart(t, data), /storage\.key/, /backup/)
  writeFileSync(storageKey, randomBytes(31))
  isRefused(t, await refusedStart(t, data), /storage\.key/, /damaged/, /backup/)

  copyFileSync(join(folder, 'storage.key'), storageKey)
  t.same(await differences(await startService(t, data)), [], 'with the right one it goes on')
})

t.test('a database that is none, or only a part of one, stops the start with its name', { skip }, async (t) => {
  const { data } = copyStopped(t)
  const database = join(data, 'database.sqlite3')
  const whole = readFileSync(database)
  for (const broken of [Buffer.from('this is no database, it only stands where one was'), whole.subarray(0, 8192)]) {
    writeFileSync(database, broken)
    const before = readArtefacts(data)
    isRefused(t, await refusedStart(t, data), database, /backup/)
    t.same(readArtefacts(data), before)
  }
})

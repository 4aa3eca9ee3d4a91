import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GatewayBody, Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { addGateway, addUser, ask } from './asking.ts'
import { copyFolder } from './copies.ts'
import { listFiles } from './files.ts'
import { certificateOf, readCrl, verify } from './openssl.ts'
import { missing } from './requirements.ts'
import { differences } from './rows-and-files.ts'
import { refusedStart, STACK, startService } from './start.ts'

const skip = missing('openssl')

const original = temporaryFolder(t)

t.before(async () => {
  const service = await startService(t, join(original, 'data'))
  await addUser(service, 'ada')
  await keepCertificate(original, service, 'a.example.org')
  await service.stop()
  copyFileSync(join(original, 'data/database.sqlite3'), join(original, 'backup.sqlite3'))
})

/** A stopped installation with the gateway a of ada, and the backup of its database. */
function copyWithBackup(t: Test) {
  const folder = copyFolder(t, original)
  const data = join(folder, 'data')
  const restore = () => {
    t.notOk(existsSync(join(data, 'database.sqlite3-wal')), 'a stop leaves one file of the database')
    copyFileSync(join(folder, 'backup.sqlite3'), join(data, 'database.sqlite3'))
  }
  return { folder, data, certificate: join(folder, 'a.example.org.pem'), restore }
}

async function keepCertificate(folder: string, service: Service, name: string): Promise<string> {
  await addGateway(service, name)
  const path = join(folder, `${name}.pem`)
  writeFileSync(path, await certificateOf(service, name))
  return path
}

t.test('what was revoked after the backup stays revoked', { skip }, async (t) => {
  const { data, certificate, restore } = copyWithBackup(t)
  const second = await startService(t, data)
  await ask(second, 'DELETE', '/gateway/a.example.org')
  await second.stop()
  const before = await readCrl(data)
  restore()

  const third = await startService(t, data)
  const after = await readCrl(data)
  t.same(after.serials, before.serials)
  t.ok(after.number > before.number, 'clients that hold the newer list must not see an older number')
  t.equal((await verify(data, [certificate])).get(certificate), 'certificate revoked')
  t.match((await third.request('GET', '/gateway/a.example.org')).body, { certificate: { status: 'revoked' } })
  t.same(await differences(third), [])

  t.equal(
    (await third.request('POST', '/gateway/a.example.org/renew', { force: true })).status,
    201,
    'it can be renewed',
  )
  const renewed = await keepCertificate(join(data, '..'), third, 'c.example.org')
  t.equal((await verify(data, [renewed])).get(renewed), 'OK')
  await third.stop()
  t.ok((await readCrl(data)).serials.includes(before.serials[0] ?? '-'), 'and its former certificate stays revoked')
})

t.test('what the restored database has never heard of stays revoked too', { skip }, async (t) => {
  const { folder, data, restore } = copyWithBackup(t)
  const second = await startService(t, data)
  const certificate = await keepCertificate(folder, second, 'b.example.org')
  await ask(second, 'DELETE', '/gateway/b.example.org')
  await second.stop()
  const before = await readCrl(data)
  restore()

  const third = await startService(t, data)
  const after = await readCrl(data)
  t.same(after.serials, before.serials)
  t.ok(after.number > before.number)
  t.equal((await verify(data, [certificate])).get(certificate), 'certificate revoked')
  t.same(await differences(third), [])
  const another = await third.request<GatewayBody>('POST', '/gateway/a.example.org/renew', {
    force: true,
    old: 'revoke',
  })
  t.equal(another.status, 201)
  await third.kill9()

  const fourth = await startService(t, data)
  t.equal((await readCrl(data)).serials.length, 2, 'the next list names it as well')
  t.equal((await verify(data, [certificate])).get(certificate), 'certificate revoked')
  t.match((await fourth.request('GET', '/health')).body, { status: 'ok' })
})

t.test('a list that is older than the database does not undo a revocation', { skip }, async (t) => {
  const { folder, data, certificate } = copyWithBackup(t)
  copyFileSync(join(data, 'pki/crl.pem'), join(folder, 'old.pem'))
  const second = await startService(t, data)
  await ask(second, 'DELETE', '/gateway/a.example.org')
  await second.stop()
  const { number } = await readCrl(data)
  copyFileSync(join(folder, 'old.pem'), join(data, 'pki/crl.pem'))
  await startService(t, data)
  t.equal((await verify(data, [certificate])).get(certificate), 'certificate revoked')
  t.ok((await readCrl(data)).number > number)
})

t.test('a database that is gone is not quietly replaced by an empty one', { skip }, async (t) => {
  const { data } = copyWithBackup(t)
  const before = listFiles(data)
  rmSync(join(data, 'database.sqlite3'))
  const { code, words } = await refusedStart(t, data)
  t.equal(code, 1)
  t.match(words, /database\.sqlite3 is gone/)
  t.match(words, /backup/, 'it says what to do')
  t.notMatch(words, STACK)
  delete before['database.sqlite3']
  t.same(listFiles(data), before, 'the gateways’ files are still there')
})

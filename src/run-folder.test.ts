import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureRunFolder } from './run-folder.ts'

t.test('a folder that is missing is made, for the group too whatever the umask says', async (t) => {
  const path = join(t.testdir({}), 'run')
  const umask = process.umask(0o077)
  t.teardown(() => process.umask(umask))
  ensureRunFolder(path)
  t.equal(statSync(path).mode & 0o7777, 0o750)
})

t.test('one that is there keeps its mode', async (t) => {
  const path = join(t.testdir({ run: {} }), 'run')
  chmodSync(path, 0o3770)
  ensureRunFolder(path)
  t.equal(statSync(path).mode & 0o7777, 0o3770)
})

t.test('what is no folder is said to be none', async (t) => {
  const path = join(t.testdir({}), 'run')
  writeFileSync(path, '')
  t.throws(() => ensureRunFolder(path), { message: `VPNUNIT_RUN ${path} is no folder` })
  symlinkSync('/nowhere', `${path}-link`)
  t.throws(() => ensureRunFolder(`${path}-link`), { message: 'is no folder' })
})

t.test('the folder above is not made', async (t) => {
  const above = join(t.testdir({}), 'data')
  t.throws(() => ensureRunFolder(join(above, 'run')), { message: /^VPNUNIT_RUN .*data\/run can't be made: ENOENT/ })
  t.notOk(existsSync(above))
})

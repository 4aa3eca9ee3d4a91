import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureRunFolder } from './run-folder.ts'

const modeOf = (path: string) => statSync(path).mode & 0o7777

t.test('a folder that is missing is made for its group, whatever the umask', async (t) => {
  const umask = process.umask(0o077)
  t.teardown(() => process.umask(umask))
  const path = join(t.testdir({}), 'a/run')
  ensureRunFolder(path)
  t.equal(modeOf(path), 0o750)
})

t.test('one that is there stays as it is', async (t) => {
  const path = join(t.testdir({}), 'run')
  mkdirSync(path)
  chmodSync(path, 0o2770)
  ensureRunFolder(path)
  t.equal(modeOf(path), 0o2770)
})

t.test('what can’t be made is thrown', async (t) => {
  const path = join(t.testdir({}), 'run')
  writeFileSync(path, '')
  t.throws(() => ensureRunFolder(path), { code: 'EEXIST' })
  t.throws(() => ensureRunFolder(join(path, 'x')), { code: 'ENOTDIR' })
})

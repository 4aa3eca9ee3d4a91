import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { layoutOf } from '../publish/layout.ts'
import { checkSocketPath, explainStart, prepareDataFolder } from './data-folder.ts'
import { StartError } from './start-error.ts'

t.test('the socket’s path may have 107 bytes, and not one more', async (t) => {
  const room = 107 - '/vpnunit.sock'.length
  const refusal = { name: 'StartError', message: /VPNUNIT_DATA .* is too long/ }
  t.doesNotThrow(() => checkSocketPath(layoutOf(`/${'a'.repeat(room - 1)}`)))
  t.throws(() => checkSocketPath(layoutOf(`/${'a'.repeat(room)}`)), refusal)
  t.throws(() => checkSocketPath(layoutOf(`/${'ä'.repeat(room / 2 + 1)}`)), refusal, 'bytes, not characters')
})

t.test('an empty directory is made ready', async (t) => {
  const layout = layoutOf(join(t.testdir({}), 'data'))
  prepareDataFolder(layout)
  t.ok(existsSync(layout.clients))
})

t.test('a directory whose database is gone is not begun anew', async (t) => {
  const layout = layoutOf(t.testdir({}))
  prepareDataFolder(layout)
  writeFileSync(layout.caKey, '')
  t.throws(() => prepareDataFolder(layout), {
    name: 'StartError',
    message: /database\.sqlite3 is gone.* from a backup/,
  })
  writeFileSync(layout.database, '')
  t.doesNotThrow(() => prepareDataFolder(layout))
})

const coded = (code: string) => Object.assign(new Error('the machine’s words'), { code })

const EXPLAINED: Record<string, RegExp> = {
  SQLITE_NOTADB: /database\.sqlite3 is damaged \(the machine’s words\): put it back from a backup/,
  SQLITE_CORRUPT_VTAB: /is damaged/,
  SQLITE_FULL: /the disk is full/,
  ENOSPC: /the disk is full/,
  EROFS: /read-only/,
  SQLITE_READONLY_DIRECTORY: /read-only/,
  EACCES: /VPNUNIT_DATA .* can't be used: the machine’s words/,
  ENOTDIR: /can't be used/,
  SQLITE_CANTOPEN: /can't be used/,
}

for (const [code, words] of Object.entries(EXPLAINED)) {
  t.test(`${code} is said in words that name the place`, async (t) => {
    t.match(explainStart(coded(code), layoutOf('/data')), { name: 'StartError', message: words })
  })
}

t.test('what stands behind a refusal of the storage is what is explained', async (t) => {
  const refusal = new Problem('storage-failed', 'no', {}, { cause: coded('SQLITE_FULL') })
  t.match(explainStart(refusal, layoutOf('/data')), { name: 'StartError', message: 'the disk is full' })
})

t.test('a bug, and what is in words already, is passed on as it is', async (t) => {
  for (const error of [
    new TypeError('oops'),
    coded('ERR_INVALID_ARG_TYPE'),
    new StartError('said'),
    'no error',
    undefined,
  ]) {
    t.equal(explainStart(error, layoutOf('/data')), error)
  }
})

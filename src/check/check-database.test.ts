import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openDatabase } from '../store/database.ts'
import { checkDatabase } from './check-database.ts'
import { codesOf } from './testing/installation.ts'

/** A database as a start leaves it, changed by the test. */
function makeDatabase(t: Test, change: (connection: BetterSqlite3.Database) => void = () => undefined): string {
  const path = join(t.testdir({}), 'database.sqlite3')
  const { connection } = openDatabase(path)
  connection.pragma('foreign_keys = OFF')
  change(connection)
  connection.close()
  return path
}

t.test('a database as a start makes it is whole', async (t) => {
  t.match(checkDatabase(makeDatabase(t)), [{ level: 'ok', code: 'database' }])
})

t.test('what is no database is said so', async (t) => {
  const folder = t.testdir({ text: 'this is a text, and longer than a header\n'.repeat(9), folder: {} })
  t.match(checkDatabase(join(folder, 'text')), [{ code: 'database-unreadable', detail: 'file is not a database' }])
  t.match(checkDatabase(join(folder, 'folder')), [{ code: 'database-unreadable' }])
})

t.test('pages that are cut off or overwritten are damage', async (t) => {
  const path = makeDatabase(t, (connection) => {
    const insert = connection.prepare("insert into audit values (?, 1, 'a', 'b', 'c', '{}', 'd')")
    for (let n = 1; n < 2000; n++) insert.run(n)
  })
  const whole = readFileSync(path)
  const cut = `${path}.cut`
  copyFileSync(path, cut)
  truncateSync(cut, Math.floor(whole.length / 4096 / 2) * 4096)
  t.match(codesOf(checkDatabase(cut)), [/^problem database-(damaged|unreadable)$/])
  const overwritten = `${path}.overwritten`
  writeFileSync(overwritten, Buffer.concat([whole.subarray(0, -3 * 4096), Buffer.alloc(3 * 4096, 0x55)]))
  const [finding] = checkDatabase(overwritten)
  t.match(finding, { level: 'problem', code: 'database-damaged', remedy: 'put back a backup' })
  t.notMatch(finding?.detail, '\n')
})

t.test('rows that belong to none are damage, and the first are named', async (t) => {
  const path = makeDatabase(t, (connection) => {
    const insert = connection.prepare(
      'insert into gateways (id, name, user_number, slot, created_at) values (?, ?, 7, ?, 1)',
    )
    for (let n = 0; n < 5; n++) insert.run(n + 1, `g${n}`, n)
  })
  const [finding, ...others] = checkDatabase(path)
  t.same(others, [])
  t.match(finding, {
    code: 'database-damaged',
    detail: '5 rows that belong to none: gateways 1 without its users, gateways 2',
  })
})

t.test('a database of a newer version is not for this program', async (t) => {
  const path = makeDatabase(t, (connection) => {
    connection.exec("insert into __drizzle_migrations (hash, created_at) values ('of tomorrow', 9999999999999)")
  })
  t.match(checkDatabase(path), [
    { level: 'problem', code: 'database-newer', detail: '1 of its changes are not known here' },
  ])
})

t.test('a database of an older version is brought up by the next start', async (t) => {
  const without = (rows: string) =>
    makeDatabase(t, (connection) => connection.exec(`delete from __drizzle_migrations where ${rows}`))
  t.match(codesOf(checkDatabase(without('rowid > 1'))), ['note migration-pending'])
  t.match(codesOf(checkDatabase(without('true'))), ['problem database-foreign'], 'tables and no history are not ours')
  const empty = join(t.testdir({}), 'database.sqlite3')
  new BetterSqlite3(empty).close()
  t.match(checkDatabase(empty), [{ level: 'note', code: 'migration-pending', detail: 'behind' }])
})

t.test('somebody else’s database is not touched by a guess', async (t) => {
  const path = join(t.testdir({}), 'other.sqlite3')
  new BetterSqlite3(path).exec('create table songs (title text)').close()
  t.match(checkDatabase(path), [{ level: 'problem', code: 'database-foreign', remedy: 'VPNUNIT_DATA' }])
})

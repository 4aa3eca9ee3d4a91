import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from './database.ts'

const HOME = join(import.meta.dirname, '../..')

const TABLES = [
  'audit',
  'certificates',
  'gateways',
  'group_members',
  'group_rules',
  'groups',
  'hosts',
  'policy_tests',
  'resting_numbers',
  'resting_slots',
  'revoked_strangers',
  'sessions',
  'site',
  'tokens',
  'traffic',
  'users',
]

t.test('the tables are made from nothing', async (t) => {
  const { connection } = openDatabase(':memory:')
  const names =
    connection.prepare(`select name from sqlite_schema where type = 'table' and name not like '%\\_%migrations'
    escape '\\' and name not like 'sqlite%' order by name`)
  t.same(names.pluck().all(), TABLES)
})

t.test('a commit is on disk before it is answered, and references are held', async (t) => {
  const { connection } = openDatabase(join(t.testdir({}), 'database.sqlite3'))
  t.teardown(() => connection.close())
  t.equal(connection.pragma('journal_mode', { simple: true }), 'wal')
  t.equal(connection.pragma('synchronous', { simple: true }), 2, 'FULL')
  t.equal(connection.pragma('foreign_keys', { simple: true }), 1)
  t.equal(connection.pragma('temp_store', { simple: true }), 2, 'MEMORY')
})

t.test('opening it again changes nothing and keeps the rows', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  const first = openDatabase(path).connection
  first.exec(`insert into users (number, name, created_at) values (2, 'ada', 0)`)
  const version = first.pragma('schema_version', { simple: true })
  first.close()
  const second = openDatabase(path).connection
  t.teardown(() => second.close())
  t.equal(second.prepare('select name from users').pluck().get(), 'ada')
  t.equal(second.pragma('schema_version', { simple: true }), version)
})

t.test('the migrations make what schema.ts says: drizzle-kit has nothing to add', async (t) => {
  const folder = t.testdir({})
  cpSync(join(HOME, 'drizzle'), join(folder, 'drizzle'), { recursive: true })
  symlinkSync(join(HOME, 'src'), join(folder, 'src'))
  const files = (root: string) => readdirSync(join(root, 'drizzle'), { recursive: true }).sort()
  const journal = (root: string) => readFileSync(join(root, 'drizzle/meta/_journal.json'), 'utf8')
  const program = join(HOME, 'node_modules/.bin/drizzle-kit')
  const said = execFileSync(program, ['generate', '--config', 'drizzle/config.ts'], { cwd: folder, encoding: 'utf8' })
  t.match(said, 'No schema changes')
  t.same(files(folder), files(HOME))
  t.equal(journal(folder), journal(HOME))
})

import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { HOME } from '../home.ts'
import { openDatabase } from '../store/database.ts'
import { readDatabaseFacts } from './database-facts.ts'

const MIGRATIONS = join(HOME, 'drizzle')
const NONE = { damages: [], orphans: [], isForeign: false, unknownMigrations: 0, pendingMigrations: 0 }

t.test('a database as a start makes it has nothing to tell', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  openDatabase(path).connection.close()
  t.same(readDatabaseFacts(path, MIGRATIONS), NONE)
})

t.test('migrations are compared one by one with those of the program', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  const { connection } = openDatabase(path)
  const made = connection.prepare('select count(*) as n from __drizzle_migrations').get() as { n: number }
  connection.exec("update __drizzle_migrations set hash = 'of tomorrow' where rowid = 1")
  connection.close()
  t.match(readDatabaseFacts(path, MIGRATIONS), { unknownMigrations: 1, pendingMigrations: 1, isForeign: false })
  const empty = join(t.testdir({}), 'empty.sqlite3')
  new BetterSqlite3(empty).close()
  t.same(readDatabaseFacts(empty, MIGRATIONS), { ...NONE, pendingMigrations: made.n })
})

t.test('tables without a history of ours are somebody else’s', async (t) => {
  const path = join(t.testdir({}), 'other.sqlite3')
  new BetterSqlite3(path).exec('create table songs (title text)').close()
  t.match(readDatabaseFacts(path, MIGRATIONS), { isForeign: true })
})

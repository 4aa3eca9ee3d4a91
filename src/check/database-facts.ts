import BetterSqlite3 from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'

/** What a database says of itself. */
export type DatabaseFacts = {
  /** What SQLite finds wrong with its pages and indexes, the first few. */
  damages: string[]
  /** Rows that refer to one that is not there. */
  orphans: { table: string; row: number; parent: string }[]
  /** Whether it holds tables, and none of them is ours. */
  isForeign: boolean
  /** Migrations that were made and that this program does not know, and those it knows and that were not made. */
  unknownMigrations: number
  pendingMigrations: number
}

const DAMAGES_TOLD = 3

/**
 * Reads them from a database that nobody else has open, which may be of any version, damaged, or none.
 * @throws Error of SQLite, when it can't be read at all
 */
export function readDatabaseFacts(path: string, migrationsFolder: string): DatabaseFacts {
  const connection = new BetterSqlite3(path)
  try {
    const made = madeMigrations(connection)
    const known = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash)
    return {
      damages: damagesOf(connection),
      orphans: orphansOf(connection),
      isForeign: made.length === 0 && hasTable(connection, '%'),
      unknownMigrations: made.filter((hash) => !known.includes(hash)).length,
      pendingMigrations: known.filter((hash) => !made.includes(hash)).length,
    }
  } finally {
    connection.close()
  }
}

function damagesOf(connection: BetterSqlite3.Database): string[] {
  const rows = connection.pragma(`quick_check(${DAMAGES_TOLD})`) as { quick_check: string }[]
  return rows.map((row) => row.quick_check).filter((text) => text !== 'ok')
}

function orphansOf(connection: BetterSqlite3.Database): DatabaseFacts['orphans'] {
  const rows = connection.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]
  return rows.map(({ table, rowid, parent }) => ({ table, row: rowid, parent }))
}

function madeMigrations(connection: BetterSqlite3.Database): string[] {
  if (!hasTable(connection, '__drizzle_migrations')) return []
  const rows = connection.prepare<[], { hash: string }>('select hash from __drizzle_migrations').all()
  return rows.map(({ hash }) => hash)
}

function hasTable(connection: BetterSqlite3.Database, name: string): boolean {
  const query = "select 1 from sqlite_master where type = 'table' and name like ? limit 1"
  return connection.prepare<[string]>(query).get(name) !== undefined
}

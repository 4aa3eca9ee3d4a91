import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { HOME } from '../settings.ts'
import { type Finding, note, orFine, problem, reasonOf } from './finding.ts'

const RESTORE = 'stop the service and put back a backup; sqlite3 .recover saves what is left'

/** As many as SQLite is to tell; the first ones say what it is about. */
const FAULTS = 3

/** Whether the copy of a database is whole, and of a version that this program knows. */
export function checkDatabase(copy: string): Finding[] {
  let connection: BetterSqlite3.Database | undefined
  try {
    connection = new BetterSqlite3(copy)
    const findings = [...damages(connection), ...versions(connection)]
    return orFine(findings, 'database', 'the database is whole, and of this version')
  } catch (error) {
    return [problem('database-unreadable', `the database can't be read: ${reasonOf(error)}`, RESTORE)]
  } finally {
    connection?.close()
  }
}

function damages(connection: BetterSqlite3.Database): Finding[] {
  const check = connection.pragma(`quick_check(${FAULTS})`) as { quick_check: string }[]
  const faults = check.map((row) => row.quick_check).filter((text) => text !== 'ok')
  if (faults.length > 0) {
    return [problem('database-damaged', `the database is damaged: ${faults.join(', ').replaceAll('\n', ' ')}`, RESTORE)]
  }
  const orphans = connection.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]
  if (orphans.length === 0) return []
  const first = orphans.slice(0, FAULTS).map(({ table, rowid, parent }) => `${table} ${rowid} without its ${parent}`)
  const detail = `the database has ${orphans.length} rows that belong to none: ${first.join(', ')}`
  return [problem('database-damaged', detail, RESTORE)]
}

function versions(connection: BetterSqlite3.Database): Finding[] {
  const known = readMigrationFiles({ migrationsFolder: join(HOME, 'drizzle') }).map(({ hash }) => hash)
  const applied = appliedMigrations(connection)
  const isForeign = applied.length === 0 && hasTables(connection)
  if (isForeign)
    return [problem('database-foreign', 'the database is none of vpnunit’s', 'see whether VPNUNIT_DATA is right')]
  const newer = applied.filter((hash) => !known.includes(hash))
  if (newer.length > 0) {
    const detail = `the database is of a newer version: ${newer.length} of its changes are not known here`
    return [problem('database-newer', detail, 'run the version that served it last, or put back a backup from before')]
  }
  const pending = known.length - applied.length
  if (pending === 0) return []
  return [
    note(
      'migration-pending',
      `the database is of an older version, ${pending} changes behind`,
      'the next start makes them',
    ),
  ]
}

function appliedMigrations(connection: BetterSqlite3.Database): string[] {
  if (!hasTables(connection, '__drizzle_migrations')) return []
  const rows = connection.prepare<[], { hash: string }>('select hash from __drizzle_migrations').all()
  return rows.map(({ hash }) => hash)
}

function hasTables(connection: BetterSqlite3.Database, name = '%'): boolean {
  const query = "select 1 from sqlite_master where type = 'table' and name like ? limit 1"
  return connection.prepare<[string]>(query).get(name) !== undefined
}

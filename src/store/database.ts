import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { drizzle, migrate, readMigrationFiles } from './drizzle.ts'

export type Connection = BetterSqlite3.Database
export type Database = ReturnType<typeof drizzle>

const MIGRATIONS = join(import.meta.dirname, '../../drizzle')

/** How long a write waits for somebody else's lock, such as a backup's, in milliseconds. */
const BUSY_MS = 5000

/** The database was served by a later version, whose changes this one does not know. */
export class NewerDatabase extends Error {
  constructor() {
    super('it is of a newer version of vpnunit: run that one, or put back a backup from before')
    this.name = 'NewerDatabase'
  }
}

/**
 * Opens the database, making it when it is not there, and brings its tables up to date.
 * @throws NewerDatabase
 *
 * WAL with synchronous FULL: what was committed survives a power cut, and readers such as a backup never wait.
 */
export function openDatabase(path: string): { connection: Connection; database: Database } {
  const connection = new BetterSqlite3(path, { timeout: BUSY_MS })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  // Else what a savepoint would take back goes to a temporary file of its own as soon as it is more than 64 KiB.
  connection.pragma('temp_store = MEMORY')
  refuseNewer(connection)
  const database = drizzle({ client: connection })
  migrate(database, { migrationsFolder: MIGRATIONS })
  return { connection, database }
}

/** drizzle itself compares times only, and would go on with tables it does not know. */
function refuseNewer(connection: Connection): void {
  const hasMigrations = connection.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get()
  if (hasMigrations === undefined) return
  const applied = connection.prepare<[], string>('select hash from __drizzle_migrations').pluck().all()
  const known = new Set(readMigrationFiles({ migrationsFolder: MIGRATIONS }).map(({ hash }) => hash))
  if (applied.some((hash) => !known.has(hash))) throw new NewerDatabase()
}

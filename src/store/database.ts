import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { drizzle, migrate } from './drizzle.ts'

export type Connection = BetterSqlite3.Database
export type Database = ReturnType<typeof drizzle>

const MIGRATIONS = join(import.meta.dirname, '../../drizzle')

/** How long a write waits for somebody else's lock, such as a backup's, in milliseconds. */
const BUSY_MS = 5000

/**
 * Opens the database, making it when it is not there, and brings its tables up to date.
 * WAL with synchronous FULL: what was committed survives a power cut, and readers such as a backup never wait.
 */
export function openDatabase(path: string): { connection: Connection; database: Database } {
  const connection = new BetterSqlite3(path, { timeout: BUSY_MS })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  const database = drizzle({ client: connection })
  migrate(database, { migrationsFolder: MIGRATIONS })
  return { connection, database }
}

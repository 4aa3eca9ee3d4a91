import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import BetterSqlite3 from 'better-sqlite3'

/** Keeps every other server away from a data directory for as long as the process lives, however it ends. */
export type Lock = { release(): void }

/** Another server has the lock. */
export class LockHeld extends Error {
  constructor(holder: string) {
    super(`another vpnunit serves this data directory: ${holder}`)
    this.name = 'LockHeld'
  }
}

/** The lock lasts as long as its connection, which must not be collected because nobody looks at it. */
const held = new Set<BetterSqlite3.Database>()

/**
 * Takes the lock at `path`. The kernel gives it back when the process ends, be it by kill -9: it is SQLite's own lock
 * of an otherwise empty database, so that no file is left that would have to be judged stale.
 * @throws LockHeld, which says who has it
 */
export function takeLock(path: string, now: Date): Lock {
  const database = new BetterSqlite3(path, { timeout: 0 })
  const holder = `${path}.holder`
  try {
    database.exec('begin immediate')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    throw new LockHeld(readHolder(holder))
  }
  writeFileSync(holder, `process ${process.pid} on ${hostname()}, since ${now.toISOString()}\n`)
  held.add(database)
  return {
    release: () => {
      held.delete(database)
      database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'it does not say who'
  }
}

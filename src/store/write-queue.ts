import type BetterSqlite3 from 'better-sqlite3'
import { Problem } from '../domain/problem.ts'
import type { Connection } from './database.ts'

type Job = { run: () => unknown; resolve: (value: unknown) => void; reject: (error: unknown) => void }

/** What became of a job, and how to tell whoever waits for it. */
type Outcome = { hasWritten: boolean; settle: () => void }

/**
 * How many changes share one commit at most. Everybody else waits for all of them, their files and their answers: with
 * sixteen twice as long, and hardly more are made in a second.
 */
const BATCH = 8

/** Runs changes of the database one after another; those that arrive together share one transaction and its fsync. */
export type WriteQueue = {
  /**
   * Runs `job` inside an immediate transaction of its own (a savepoint where several share a commit). Its return value
   * arrives when the commit is on disk; its exception rolls back what it did, and nothing else.
   * @throws Problem storage-failed when the commit fails
   */
  write<T>(job: () => T): Promise<T>
  /** What the last commit failed of, until one succeeds. */
  fault(): string | undefined
}

export function createWriteQueue(connection: Connection): WriteQueue {
  let waiting: Job[] = []
  let fault: string | undefined
  const totalChanges = connection.prepare<[], number>('select total_changes()').pluck()
  const together = connection.transaction((batch: Job[]) => batch.map((job) => attempt(connection, totalChanges, job)))

  function flush(): void {
    const batch = waiting.slice(0, BATCH)
    waiting = waiting.slice(BATCH)
    if (waiting.length > 0) setImmediate(flush)
    try {
      const outcomes = together.immediate(batch)
      // A commit of nothing needs no room, and so proves none.
      if (outcomes.some(({ hasWritten }) => hasWritten)) fault = undefined
      for (const { settle } of outcomes) settle()
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
      const problem = new Problem('storage-failed', `The database can't be written: ${fault}`, {}, { cause: error })
      for (const job of batch) job.reject(problem)
    }
  }

  return {
    write: <T>(run: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ run, resolve: resolve as (value: unknown) => void, reject })
        if (waiting.length === 1) setImmediate(flush)
      }),
    fault: () => fault,
  }
}

/** Runs one job in a savepoint. A full disk makes SQLite roll back the whole transaction: then all jobs of it fail. */
function attempt(connection: Connection, totalChanges: BetterSqlite3.Statement<[], number>, job: Job): Outcome {
  const before = totalChanges.get()
  try {
    const value = connection.transaction(job.run)()
    return { hasWritten: totalChanges.get() !== before, settle: () => job.resolve(value) }
  } catch (error) {
    if (!connection.inTransaction || isStorageFault(error)) throw error
    return { hasWritten: false, settle: () => job.reject(error) }
  }
}

function isStorageFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|BUSY)/.test(code)
}

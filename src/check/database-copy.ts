import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { reasonOf } from './finding.ts'

/** A server under load begins its log anew every few hundred changes; a copy takes less than that. */
const ATTEMPTS = 10

const WAL_HEADER_OCTETS = 32

/** The database can't be looked at; the message says why. */
export class NoCopy extends Error {
  /** Too much is written just now: it is no fault of anybody's. */
  readonly isBusy: boolean

  constructor(message: string, isBusy = false) {
    super(message)
    this.name = 'NoCopy'
    this.isBusy = isBusy
  }
}

/**
 * Calls `use` with the path of a copy of the database, outside the data directory, and removes the copy afterwards.
 *
 * Even to read a database in WAL mode SQLite writes: it makes the files -wal and -shm, or marks in -shm how far it
 * reads. Copying only reads. The copy is of one moment even while a server writes: the file first, the log after it,
 * and both again when the log was begun anew in between. What a checkpoint moves into the file stays in the log until
 * then, and SQLite prefers the log, so a page that was copied half-written is never looked at; frames at the end of the
 * log that are not whole don't pass their checksums.
 * @throws NoCopy
 */
export function withDatabaseCopy<T>(database: string, use: (copy: string) => T): T {
  const folder = temporaryFolder(database)
  try {
    const copy = join(folder, 'database.sqlite3')
    copyOfOneMoment(database, copy)
    return use(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function temporaryFolder(database: string): string {
  // The data directory must not be changed by looking at it.
  if (!relative(dirname(database), tmpdir()).startsWith('..')) throw new NoCopy(`${tmpdir()} is in the data directory`)
  try {
    return mkdtempSync(join(tmpdir(), 'vpnunit-check-'))
  } catch (error) {
    throw new NoCopy(`there is no place for a copy of the database: ${reasonOf(error)}`)
  }
}

/** @throws NoCopy */
function copyOfOneMoment(database: string, copy: string): void {
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = generationOf(database)
      rmSync(`${copy}-wal`, { force: true })
      copyFileSync(database, copy, constants.COPYFILE_FICLONE)
      copyIfPresent(`${database}-wal`, `${copy}-wal`)
      if (generationOf(database) === before) return
    }
  } catch (error) {
    throw new NoCopy(`${database} can't be copied to look at it: ${reasonOf(error)}`)
  }
  throw new NoCopy(`${database} changed during each of ${ATTEMPTS} copies`, true)
}

/** A log that was begun anew has other salts in its header; without a log it is the file itself that must not change. */
function generationOf(database: string): string {
  const log = headerOf(`${database}-wal`)
  const { ino, size, mtimeNs } = statSync(database, { bigint: true })
  return log === '' ? `${ino} ${size} ${mtimeNs}` : `${ino} ${log}`
}

function headerOf(log: string): string {
  if (!existsSync(log)) return ''
  const header = Buffer.alloc(WAL_HEADER_OCTETS)
  const file = openSync(log, 'r')
  try {
    return header.toString('hex', 0, readSync(file, header))
  } finally {
    closeSync(file)
  }
}

function copyIfPresent(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to, constants.COPYFILE_FICLONE)
}

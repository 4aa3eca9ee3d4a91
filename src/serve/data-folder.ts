import { accessSync, chmodSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Layout, makeFolders, SECRET } from '../publish/layout.ts'
import { NewerDatabase } from '../store/database.ts'
import { LockHeld } from '../store/lock.ts'
import { StartError } from './start-error.ts'

/** What a unix socket's path may be long, in bytes (unix(7): 108 with the zero at the end). */
export const SOCKET_PATH_MAX = 107

/**
 * Whether the API's socket fits into the data directory.
 * @throws StartError
 */
export function checkSocketPath(layout: Layout): void {
  if (Buffer.byteLength(layout.socket) > SOCKET_PATH_MAX) {
    throw new StartError(
      `VPNUNIT_DATA ${layout.data} is too long: a socket's path holds ${SOCKET_PATH_MAX} bytes, and ${layout.socket} has more`,
    )
  }
}

/**
 * Makes the data directory ready to be served, or says why it can't be.
 * @throws StartError
 */
export function prepareDataFolder(layout: Layout): void {
  // Asked first, because mkdir says of a read-only file system that there is no such folder.
  accessSync(nearestFolder(layout.data), constants.W_OK)
  makeFolders(layout)
  const witness = [layout.caKey, layout.caCertificate].find((path) => existsSync(path))
  if (witness !== undefined && !existsSync(layout.database)) {
    throw new StartError(
      `${layout.database} is gone, although ${witness} is there: put it back from a backup, or, to begin anew, move the whole of ${layout.data} away`,
    )
  }
  closeSecrets(layout)
}

/** A restore may have opened what must be for the service alone. */
function closeSecrets(layout: Layout): void {
  for (const path of [layout.database, layout.caKey, layout.storageKey, layout.adminToken]) {
    if (existsSync(path) && (statSync(path).mode & 0o777) !== SECRET) chmodSync(path, SECRET)
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path))
}

/** A failing machine in words that name the place, and what to do; anything else is passed on as it is. */
export function explainStart(error: unknown, layout: Layout): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error
  // A migration that fails, or a first write, says why in its cause.
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause ? String(cause.code) : ''
  if (/^SQLITE_(NOTADB|CORRUPT|ERROR)/.test(code)) {
    return new StartError(`${layout.database} is damaged (${cause.message}): put it back from a backup`)
  }
  if (error instanceof LockHeld) return new StartError(error.message)
  if (error instanceof NewerDatabase) return new StartError(`${layout.database}: ${error.message}`)
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return new StartError(`VPNUNIT_DATA ${layout.data} has no room: the disk is full`)
  }
  if (code === 'EROFS' || code.startsWith('SQLITE_READONLY')) {
    return new StartError(`VPNUNIT_DATA ${layout.data} can't be written: it is on a read-only file system`)
  }
  // Of the operating system (ENOTDIR, EACCES, …) or of SQLite.
  const isOfTheMachine = /^(E[A-Z0-9]+|SQLITE_[A-Z_]+)$/.test(code)
  return isOfTheMachine ? new StartError(`VPNUNIT_DATA ${layout.data} can't be used: ${cause.message}`) : error
}

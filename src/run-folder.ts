import { chmodSync, mkdirSync, statSync } from 'node:fs'

/** The owner may add sockets, the group may reach them. */
const RUN_FOLDER = 0o750

/**
 * Makes the folder of the sockets when there is none: a checkout, or one user for all. Where a host keeps its programs
 * apart, root has made it before (docs/systemd), and its mode is root's affair. The folder above is never made here:
 * whoever comes first would own the data directory.
 * @throws Error of the system, or saying that something else stands there
 */
export function ensureRunFolder(path: string): void {
  try {
    mkdirSync(path, { mode: RUN_FOLDER })
    // A strict umask has cut the group away.
    chmodSync(path, RUN_FOLDER)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
    if (code === 'EEXIST') throw new Error(`VPNUNIT_RUN ${path} is no folder`, { cause: error })
    throw new Error(`VPNUNIT_RUN ${path} can't be made: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}

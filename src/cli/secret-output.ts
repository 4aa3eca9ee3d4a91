import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { WrongUsage } from './wrong-usage.ts'

const OWNER_ALONE = 0o600

/** What --output calls the standard output, as "-" is the standard input where a file is read. */
export const STANDARD_OUTPUT = '-'

/**
 * Writes what nobody else may read: whole or not at all, and closed to others from the first byte. A file of that name is
 * replaced, not written into, so that nobody who had it open, or has another name for it, sees the secret.
 * @throws WrongUsage when the name can't be that of a file
 */
export function writeSecretFile(path: string, text: string): void {
  try {
    refuseSurprise(lstatSync(path, { throwIfNoEntry: false }))
    replace(path, text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WrongUsage(`${path} can't be written: ${reason}`)
  }
}

/** Whoever put a link or a pipe there decides who reads it. */
function refuseSurprise(present: Stats | undefined): void {
  if (present === undefined || present.isFile()) return
  const kind = present.isSymbolicLink() ? 'a symbolic link' : present.isDirectory() ? 'a folder' : 'no regular file'
  throw new Error(`it is ${kind}`)
}

function replace(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const file = openSync(temporary, 'wx', OWNER_ALONE)
  try {
    fchmodSync(file, OWNER_ALONE)
    writeFileSync(file, text)
    fsyncSync(file)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

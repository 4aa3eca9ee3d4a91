import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Temporary files stand beside their target under a name that no artefact has, so that a start can sweep them away. */
const STRAY = /^\.vpnunit-[0-9a-f]{12}\.tmp$/

function temporaryBeside(path: string): string {
  return join(dirname(path), `.vpnunit-${randomBytes(6).toString('hex')}.tmp`)
}

/** The file's text, or undefined when there is none. */
export function readIfPresent(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Whether the file has this content and mode already. */
export function holds(path: string, content: string, mode: number): boolean {
  // Asked first, because most often the file is a new one, and an exception costs as much as the rest.
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || (stats.mode & 0o777) !== mode) return false
  return readIfPresent(path)?.equals(Buffer.from(content)) === true
}

/**
 * Makes the file hold `content`, whole or not at all: a reader sees the old text or the new one. A file that already
 * does is left alone. Returns whether it was written. Not on disk for certain when it returns: a start heals it.
 */
export function replaceFile(path: string, content: string, mode: number): boolean {
  if (holds(path, content, mode)) return false
  const temporary = temporaryBeside(path)
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      fchmodSync(file, mode)
      writeFileSync(file, content)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    removeFile(temporary)
    throw error
  }
  return true
}

/** The same for keys and revocation lists: when it returns, the content survives a power cut. */
export async function replaceFileDurably(path: string, content: string | Buffer, mode: number): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.chmod(mode)
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
}

/** A rename is on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes the file if it is there. Returns whether it was. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Removes the temporary files that a crash left in a folder. */
export function sweepStrays(folder: string): void {
  for (const name of readdirSync(folder)) if (STRAY.test(basename(name))) removeFile(join(folder, name))
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

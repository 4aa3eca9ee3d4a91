import { cpSync } from 'node:fs'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import type { Owner } from '../lab/undo.ts'

/** A copy of a folder with a stopped installation: it is made once for all tests of a file, and each has its own. */
export function copyFolder(owner: Owner, original: string): string {
  const folder = temporaryFolder(owner)
  cpSync(original, folder, { recursive: true, preserveTimestamps: true })
  return folder
}

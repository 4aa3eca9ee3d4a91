import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The search bit for everybody, without which a folder can't be passed through. */
const OTHERS_MAY_ENTER = 0o001

/** The first folder on the way to `path` that a user without rights can't pass, because of its mode or because it is gone. */
export function closedFolder(path: string): string | undefined {
  const parent = dirname(path)
  const above = parent === path ? undefined : closedFolder(parent)
  if (above !== undefined) return above
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined || (stats.mode & OTHERS_MAY_ENTER) === 0 ? path : undefined
}

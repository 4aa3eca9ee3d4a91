import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { hasCapability } from '../lab/requirements.ts'

/** For tap's `skip`: which of the programs are not installed here, or false. */
export function missing(...programs: string[]): string | false {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const absent = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  return absent.length > 0 && `not installed: ${absent.join(', ')}`
}

/** For tap's `skip`: why file systems can't be mounted here, or false. */
export function cannotMount(): string | false {
  if (process.platform !== 'linux') return 'mounting as here needs Linux'
  if (process.getuid?.() !== 0) return 'mounting needs root'
  if (!hasCapability('CAP_SYS_ADMIN')) return 'mounting needs CAP_SYS_ADMIN, which this container has not'
  return missing('mount', 'umount')
}

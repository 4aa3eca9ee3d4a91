import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Why these programs cannot be used here, or undefined when they can. The caller skips with this reason: a lab that
 * passes without having been entered would be worse than one that fails.
 */
export function reasonToSkip(...programs: string[]): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun'
  const folders = (process.env.PATH ?? '').split(delimiter)
  const missing = ['ip', ...programs].filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Why these programs cannot be used here, or undefined when they can. The caller skips with this reason: a lab that
 * passes without having been entered would be worse than one that fails.
 */
export function reasonToSkip(...programs: string[]): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const lacking = ['CAP_NET_ADMIN', 'CAP_SYS_ADMIN'].filter((name) => !hasCapability(name))
  if (lacking.length > 0) return `network namespaces need ${lacking.join(' and ')}, which this container has not`
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun'
  const folders = (process.env.PATH ?? '').split(delimiter)
  const missing = ['ip', ...programs].filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

/** Bits of capabilities(7), as /proc shows them. */
const CAPABILITY_BIT: Record<string, bigint> = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n }

/** Whether this process has a capability: in a container root has only some of them. */
export function hasCapability(name: string): boolean {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return ((BigInt(`0x${effective}`) >> (CAPABILITY_BIT[name] ?? 0n)) & 1n) === 1n
}

import { quote } from '../domain/names.ts'
import type { Env } from './link.ts'

/** Where a client connects from, as its notification says: `192.0.2.1:1194`, `[2001:db8::1]:1194`. */
export function realAddressOf(env: Env): string {
  const address = env.get('untrusted_ip') ?? env.get('untrusted_ip6') ?? env.get('trusted_ip') ?? env.get('trusted_ip6')
  const port = env.get('untrusted_port') ?? env.get('trusted_port') ?? ''
  return spell(address ?? '', port)
}

/** The same from a line of `status`, where nothing stands around an address of IPv6. */
export function realAddressOfRow(text: string): string {
  const at = text.lastIndexOf(':')
  return spell(text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), text.slice(at + 1))
}

function spell(address: string, port: string): string {
  const isPlain = /^[0-9a-fA-F.:]{1,45}$/.test(address) && /^[0-9]{1,5}$/.test(port)
  if (!isPlain) return quote(`${address}:${port}`)
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

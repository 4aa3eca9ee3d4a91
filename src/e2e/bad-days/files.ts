import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files that a data directory has beside those of its gateways, each with its mode (design §6). */
const FIXED: Record<string, number> = {
  'admin-token': 0o600,
  'database.sqlite3': 0o600,
  'firewall/ruleset.nft': 0o644,
  'ip/routes': 0o644,
  'ovpn/instance-0.conf': 0o644,
  'ovpn/server.conf': 0o644,
  'ovpn/server.crt': 0o644,
  'ovpn/server.key': 0o600,
  'ovpn/tls-crypt-v2.key': 0o600,
  'pki/ca.crt': 0o644,
  'pki/crl.pem': 0o644,
  'pki/private/ca.key': 0o600,
  'pki/private/storage.key': 0o600,
  'serve.lock': 0o600,
  'serve.lock.holder': 0o600,
}

/** Those that are there only while somebody serves. */
const WHILE_SERVING: Record<string, number> = {
  'database.sqlite3-shm': 0o600,
  'database.sqlite3-wal': 0o600,
  'serve.lock-journal': 0o600,
  'run/agent.sock': 0o660,
  'vpnunit.sock': 0o600,
}

const FOLDERS: Record<string, number> = {
  'firewall/': 0o755,
  'ip/': 0o755,
  'ovpn/': 0o755,
  'ovpn/clients/': 0o755,
  'pki/': 0o755,
  'pki/private/': 0o700,
  'run/': 0o750,
}

/** What is in a folder, all the way down: path and mode, folders with a slash at their end. */
export function listFiles(folder: string): Record<string, number> {
  const found: Record<string, number> = {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    found[entry.isDirectory() ? `${name}/` : name] = lstatSync(path).mode & 0o7777
  }
  return found
}

/** What must be in a data directory with these gateways while it is served, and nothing else. */
export function expectedFiles(gateways: readonly string[]): Record<string, number> {
  const clients = gateways.map((name) => [`ovpn/clients/${name}`, 0o644])
  return { ...FIXED, ...WHILE_SERVING, ...FOLDERS, ...Object.fromEntries(clients) }
}

/**
 * What a restart must leave alone: every file but the database's own and those of the lock. The firewall's is written anew
 * when lines for single gateways have grown behind it.
 */
export function identities(data: string): Record<string, string> {
  const names = Object.keys(listFiles(data)).filter(
    (name) => !/^(database|serve\.lock|vpnunit\.sock|run\/agent\.sock|firewall\/)|\/$/.test(name),
  )
  return Object.fromEntries(
    names.sort().map((name) => {
      const { ino, mtimeMs, mode } = lstatSync(join(data, name))
      return [name, `inode ${ino}, changed ${mtimeMs}, mode ${mode.toString(8)}`]
    }),
  )
}

/** The text of every artefact. */
export function readArtefacts(data: string): Map<string, string> {
  const names = Object.keys(listFiles(data)).filter((name) => /^(ip|ovpn|pki)\/.*[^/]$/.test(name))
  return new Map(names.map((name) => [name, readFileSync(join(data, name), 'latin1')]))
}

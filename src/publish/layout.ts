import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where everything stands in the data directory (design §6). */
export type Layout = ReturnType<typeof layoutOf>

export function layoutOf(data: string) {
  return {
    data,
    database: join(data, 'database.sqlite3'),
    lock: join(data, 'serve.lock'),
    adminToken: join(data, 'admin-token'),
    socket: join(data, 'vpnunit.sock'),
    pki: join(data, 'pki'),
    privateKeys: join(data, 'pki/private'),
    caCertificate: join(data, 'pki/ca.crt'),
    crl: join(data, 'pki/crl.pem'),
    caKey: join(data, 'pki/private/ca.key'),
    storageKey: join(data, 'pki/private/storage.key'),
    ovpn: join(data, 'ovpn'),
    serverConf: join(data, 'ovpn/server.conf'),
    instanceConf: (instance: number) => join(data, `ovpn/instance-${instance}.conf`),
    serverCertificate: join(data, 'ovpn/server.crt'),
    serverKey: join(data, 'ovpn/server.key'),
    tlsCryptKey: join(data, 'ovpn/tls-crypt-v2.key'),
    clients: join(data, 'ovpn/clients'),
    ip: join(data, 'ip'),
    routes: join(data, 'ip/routes'),
    firewall: join(data, 'firewall'),
    ruleset: join(data, 'firewall/ruleset.nft'),
    sessions: join(data, 'sessions'),
  }
}

/** Secrets are for the service alone. */
export const SECRET = 0o600

/** OpenVPN reads the CRL and ccd again as `nobody`, so they and their folders are open to all. */
export const PUBLIC = 0o644
const PUBLIC_FOLDER = 0o755
const SECRET_FOLDER = 0o700

/**
 * Makes the folders that are missing. One that is there keeps the mode that its administrator gave it, but for the one
 * with the keys, which a restore may have opened.
 */
export function makeFolders(layout: Layout): void {
  for (const folder of [layout.data, layout.pki, layout.ovpn, layout.clients, layout.ip, layout.firewall])
    makeFolder(folder, PUBLIC_FOLDER)
  makeFolder(layout.privateKeys, SECRET_FOLDER)
  if ((statSync(layout.privateKeys).mode & 0o777) !== SECRET_FOLDER) chmodSync(layout.privateKeys, SECRET_FOLDER)
}

/** A folder that only some installations have. */
export function makePublicFolder(folder: string): void {
  makeFolder(folder, PUBLIC_FOLDER)
}

function makeFolder(folder: string, mode: number): void {
  // mkdir's own mode is cut by the umask, which is strict here so that nothing is open by oversight.
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, mode)
}

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A module that OpenVPN can load without a token: what comes with opensc. */
const MODULE = 'opensc-pkcs11.so'

export function findPkcs11Module(): string | undefined {
  const folders = ['/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))]
  return folders.map((folder) => join(folder, MODULE)).find((file) => existsSync(file))
}

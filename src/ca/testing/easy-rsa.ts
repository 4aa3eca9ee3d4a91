import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { missing } from './program.ts'

/** Where Debian's package puts it. */
const PROGRAM = '/usr/share/easy-rsa/easyrsa'

export const noEasyRsa = missing(PROGRAM, ['help'])

/** A PKI of easy-rsa with elliptic curves in a folder of the test's. Returns how to give it a command. */
export function newEasyRsa(folder: string): { pki: string; easyrsa: (...command: string[]) => void } {
  const pki = join(folder, 'pki')
  const env = { PATH: process.env.PATH, EASYRSA_BATCH: '1', EASYRSA_ALGO: 'ec', EASYRSA_PKI: pki }
  const easyrsa = (...command: string[]): void => {
    execFileSync(PROGRAM, command, { env, cwd: folder, stdio: 'pipe' })
  }
  easyrsa('init-pki')
  easyrsa('build-ca', 'nopass')
  return { pki, easyrsa }
}

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lab/exec.ts'

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
const RSA = ['-newkey', 'rsa:2048']

/** What OpenVPN demands of a certificate by `remote-cert-tls`. */
const USAGE = { server: 'serverAuth', client: 'clientAuth' }

/** Certificates of a CA of their own: a server's, a client's, one with an RSA key, and a key with a passphrase. */
export async function makePki(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name)
  const ca = ['-x509', ...EC, '-nodes', '-subj', '/CN=management lab CA', '-days', '2']
  await run('openssl', ['req', ...ca, '-keyout', at('ca.key'), '-out', at('ca.crt')])
  await issue(folder, 'server', EC, 'server')
  await issue(folder, 'client', EC, 'client')
  await issue(folder, 'rsa', RSA, 'client')
  const lock = ['-aes256', '-passout', 'pass:open "sesame\\', '-out', at('locked.key')]
  await run('openssl', ['pkey', '-in', at('client.key'), ...lock])
}

async function issue(folder: string, name: string, key: readonly string[], usage: 'server' | 'client'): Promise<void> {
  const at = (end: string) => join(folder, `${name}${end}`)
  const request = [
    'req',
    ...key,
    '-nodes',
    '-subj',
    `/CN=${name}.example.org`,
    '-keyout',
    at('.key'),
    '-out',
    at('.csr'),
  ]
  await run('openssl', request)
  writeFileSync(at('.ext'), `keyUsage=digitalSignature\nextendedKeyUsage=${USAGE[usage]}\n`)
  const by = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial']
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    at('.csr'),
    ...by,
    '-days',
    '2',
    '-extfile',
    at('.ext'),
    '-out',
    at('.crt'),
  ])
  chmodSync(at('.key'), 0o600)
}

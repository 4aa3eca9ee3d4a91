import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DAY_MS } from '../domain/lifetime.ts'
import { certificatePem, createAuthority, openAuthority } from './authority.ts'
import { generateKeyPair, privateKeyPem } from './key-pair.ts'
import { decodeAuthorityKey } from './private-key.ts'
import { revocationListPem } from './revocation-list.ts'
import { atTime, keyObject } from './testing/authority.ts'
import { newEasyRsa, noEasyRsa } from './testing/easy-rsa.ts'
import { noOpenssl, openssl } from './testing/program.ts'

/** The files of an authority: its certificate and list, and certificates and keys of its own by what they are for. */
type Site = Record<'ca' | 'crl' | 'gateway' | 'revoked' | 'server' | 'gatewayKey' | 'serverKey', string>

function newOwnSite(
  folder: string,
  pairs: Record<'authority' | 'gateway' | 'server', { privateKey: Buffer; publicKey: Buffer }>,
): Site {
  const now = new Date()
  const key = keyObject(pairs.authority)
  const authority = openAuthority(key, createAuthority(key, now).der)
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const issue = (kind: 'gateway' | 'server', name: string) =>
    authority.issue({ kind, name, publicKey: pairs[kind].publicKey, days: 825, now })
  const revoked = issue('gateway', 'revoked.example.org')
  const list = authority.signRevocationList({
    number: 1,
    thisUpdate: new Date(now.getTime() - 1000),
    nextUpdate: new Date(now.getTime() + 180 * DAY_MS),
    revoked: [{ serial: revoked.serial, revokedAt: now, reason: 'cessationOfOperation' }],
  })
  return {
    ca: write('ca.crt', certificatePem(authority.certificate.der)),
    crl: write('crl.pem', revocationListPem(list)),
    gateway: write('gateway.crt', certificatePem(issue('gateway', 'gw.example.org').der)),
    server: write('server.crt', certificatePem(issue('server', 'vpn.example.org').der)),
    revoked: write('revoked.crt', certificatePem(revoked.der)),
    gatewayKey: write('gateway.key', privateKeyPem(pairs.gateway.privateKey)),
    serverKey: write('server.key', privateKeyPem(pairs.server.privateKey)),
  }
}

function newEasyRsaSite(folder: string): Site {
  const { pki, easyrsa } = newEasyRsa(folder)
  easyrsa('build-client-full', 'gw.example.org', 'nopass')
  easyrsa('build-client-full', 'revoked.example.org', 'nopass')
  easyrsa('build-server-full', 'vpn.example.org', 'nopass')
  const revoked = join(folder, 'revoked.crt')
  writeFileSync(revoked, readFileSync(join(pki, 'issued/revoked.example.org.crt')))
  easyrsa('revoke', 'revoked.example.org')
  easyrsa('gen-crl')
  return {
    ca: join(pki, 'ca.crt'),
    crl: join(pki, 'crl.pem'),
    gateway: join(pki, 'issued/gw.example.org.crt'),
    server: join(pki, 'issued/vpn.example.org.crt'),
    revoked,
    gatewayKey: join(pki, 'private/gw.example.org.key'),
    serverKey: join(pki, 'private/vpn.example.org.key'),
  }
}

const inDays = (days: number): string[] => atTime(new Date(Date.now() + days * DAY_MS))

/** Questions to openssl about a site, and what it must say; `other` is a site of another authority. */
const QUESTIONS: [string, (site: Site, other: Site) => string[], RegExp][] = [
  ['a gateway as client', (s) => [...verify(s), '-purpose', 'sslclient', s.gateway], /: OK$/],
  ['a server as server', (s) => [...verify(s), '-purpose', 'sslserver', s.server], /: OK$/],
  [
    'a gateway as server',
    (s) => [...verify(s), '-purpose', 'sslserver', s.gateway],
    /error 26 .*unsuitable certificate purpose/,
  ],
  [
    'a server as client',
    (s) => [...verify(s), '-purpose', 'sslclient', s.server],
    /error 26 .*unsuitable certificate purpose/,
  ],
  ['a revoked gateway', (s) => [...verify(s), '-purpose', 'sslclient', s.revoked], /error 23 .*certificate revoked/],
  ['a revoked gateway without a list', (s) => ['verify', '-CAfile', s.ca, s.revoked], /: OK$/],
  [
    'a gateway after its end',
    (s) => ['verify', '-CAfile', s.ca, ...inDays(900), s.gateway],
    /error 10 .*certificate has expired/,
  ],
  ['a gateway on its last day', (s) => ['verify', '-CAfile', s.ca, ...inDays(824), s.gateway], /: OK$/],
  ['a gateway before its beginning', (s) => ['verify', '-CAfile', s.ca, ...inDays(-1), s.gateway], /not yet valid/],
  ['a list after its end', (s) => [...verify(s), ...inDays(200), s.gateway], /error 12 .*CRL has expired/],
  [
    'a list of another authority',
    (s, o) => ['verify', '-CAfile', s.ca, '-CRLfile', o.crl, '-crl_check', s.gateway],
    /error 3 .*unable to get certificate CRL/,
  ],
  [
    'a gateway of another authority',
    (s, o) => [...verify(s), o.gateway],
    /error 20 .*unable to get local issuer certificate/,
  ],
  [
    'a gateway as an authority',
    (s) => ['verify', '-CAfile', s.ca, '-untrusted', s.gateway, '-purpose', 'crlsign', s.gateway],
    /unsuitable certificate purpose/,
  ],
  ['the authority by itself', (s) => ['verify', '-CAfile', s.ca, s.ca], /: OK$/],
  [
    'the list',
    (s) => ['crl', '-in', s.crl, '-noout', '-text'],
    /Version 2[\s\S]*Authority Key Identifier[\s\S]*Revoked Certificates:/,
  ],
  ['the name of a gateway', (s) => ['x509', '-in', s.gateway, '-noout', '-subject'], /^subject=CN = gw\.example\.org$/],
  ['what a gateway may do', (s) => ['x509', '-in', s.gateway, '-noout', '-ext', 'keyUsage'], /Digital Signature$/],
  [
    'what a gateway is for',
    (s) => ['x509', '-in', s.gateway, '-noout', '-ext', 'extendedKeyUsage'],
    /TLS Web Client Authentication$/,
  ],
  [
    'that a gateway is no authority',
    (s) => ['x509', '-in', s.gateway, '-noout', '-ext', 'basicConstraints'],
    /CA:FALSE$/,
  ],
  ['a key', (s) => ['pkey', '-in', s.gatewayKey, '-check', '-noout'], /^Key is valid$/],
]

function verify(site: Site): string[] {
  return ['verify', '-CAfile', site.ca, '-CRLfile', site.crl, '-crl_check']
}

const skip = noEasyRsa || noOpenssl

/** Making one takes easy-rsa a second, so the tests share it and only read it. */
const folders = t.testdir({ own: {}, easy: {} })
const easy = skip === false ? newEasyRsaSite(join(folders, 'easy')) : undefined
const pki = join(folders, 'easy/pki')

t.test("openssl judges what is made here as it judges easy-rsa's", { skip }, async (t) => {
  const [authority, gateway, server] = await Promise.all([1, 2, 3].map(() => generateKeyPair('ec-p384')))
  if (authority === undefined || gateway === undefined || server === undefined || easy === undefined)
    throw new Error('a part is missing')
  const own = newOwnSite(join(folders, 'own'), { authority, gateway, server })
  for (const [question, command, expected] of QUESTIONS) {
    const [ours, theirs] = [openssl(command(own, easy)), openssl(command(easy, own))]
    t.equal(ours.isWell, theirs.isWell, question)
    t.match(ours.output.trim(), expected, question)
    t.match(theirs.output.trim(), expected, `${question}, easy-rsa`)
  }
})

t.test('an authority that easy-rsa made is carried on with', { skip }, async (t) => {
  if (easy === undefined) throw new Error('a part is missing')
  const { key } = decodeAuthorityKey(readFileSync(join(pki, 'private/ca.key'), 'utf8'), undefined)
  const authority = openAuthority(key, new X509Certificate(readFileSync(easy.ca)).raw)
  const { publicKey } = await generateKeyPair('ec-p256')
  const now = new Date()
  const { der } = authority.issue({ kind: 'gateway', name: 'new.example.org', publicKey, days: 30, now })
  const serial = new X509Certificate(readFileSync(easy.revoked)).serialNumber.toLowerCase()
  const revoked = [{ serial, revokedAt: now, reason: 'superseded' as const }]
  const life = { number: 1, thisUpdate: new Date(now.getTime() - 1000), nextUpdate: new Date(now.getTime() + DAY_MS) }
  const crl = join(t.testdir(), 'crl.pem')
  writeFileSync(crl, revocationListPem(authority.signRevocationList({ ...life, revoked })))
  const site = { ...easy, crl }
  t.match(openssl([...verify(site), '-purpose', 'sslclient'], certificatePem(der)), { isWell: true })
  t.match(openssl([...verify(site), easy.gateway]), { isWell: true }, 'its old certificates go on')
  t.match(openssl([...verify(site), easy.revoked]), { isWell: false, output: /certificate revoked/ })
})

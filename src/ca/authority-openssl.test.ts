import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { KEY_TYPES, type KeyType } from '../domain/key-type.ts'
import { DAY_MS } from '../domain/lifetime.ts'
import { certificatePem, createAuthority, type IssuedCertificate, openAuthority } from './authority.ts'
import { generateKeyPair, type KeyPair } from './key-pair.ts'
import { revocationListPem } from './revocation-list.ts'
import { atTime, keyObject, NOW } from './testing/authority.ts'
import { noOpenssl, openssl } from './testing/program.ts'

const pairs = new Map<KeyType, KeyPair>(
  await Promise.all(KEY_TYPES.map(async (keyType) => [keyType, await generateKeyPair(keyType)] as const)),
)
const pairOf = (keyType: KeyType): KeyPair => pairs.get(keyType) as KeyPair

/** An authority of this key type with a gateway, a server and a revoked gateway of every key type, all in files. */
function newSite(folder: string, authorityType: KeyType) {
  const key = keyObject(pairOf(authorityType))
  const authority = openAuthority(key, createAuthority(key, NOW).der)
  const issue = (kind: 'gateway' | 'server', prefix: string): IssuedCertificate[] =>
    KEY_TYPES.map((keyType) =>
      authority.issue({
        kind,
        name: `${prefix}-${keyType}.example.org`,
        publicKey: pairOf(keyType).publicKey,
        days: 825,
        now: NOW,
      }),
    )
  const write = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem)
    return join(folder, name)
  }
  const files = (issued: IssuedCertificate[]): string[] =>
    issued.map(({ name, der }) => write(`${name}.crt`, certificatePem(der)))
  const revoked = issue('gateway', 'revoked')
  const list = authority.signRevocationList({
    number: 7,
    thisUpdate: NOW,
    nextUpdate: new Date(NOW.getTime() + 30 * DAY_MS),
    revoked: revoked.map(({ serial }) => ({ serial, revokedAt: NOW, reason: 'keyCompromise' })),
  })
  return {
    ca: write('ca.crt', certificatePem(authority.certificate.der)),
    crl: write('crl.pem', revocationListPem(list)),
    gateways: files(issue('gateway', 'gw')),
    servers: files(issue('server', 'vpn')),
    revoked: files(revoked),
  }
}

for (const authorityType of KEY_TYPES) {
  t.test(`openssl agrees with an authority of ${authorityType} on every key type`, { skip: noOpenssl }, async (t) => {
    const { ca, crl, gateways, servers, revoked } = newSite(t.testdir(), authorityType)
    const verify = (purpose: string, files: string[]): { isWell: boolean; output: string } =>
      openssl([
        'verify',
        '-x509_strict',
        '-CAfile',
        ca,
        '-CRLfile',
        crl,
        '-crl_check',
        '-purpose',
        purpose,
        ...atTime(NOW),
        ...files,
      ])
    const times = (output: string, words: string): number => output.split(words).length - 1

    const clients = verify('sslclient', gateways)
    t.ok(clients.isWell, clients.output)
    t.equal(times(clients.output, ': OK'), KEY_TYPES.length)
    const serving = verify('sslserver', servers)
    t.ok(serving.isWell, serving.output)

    for (const [purpose, files] of [
      ['sslserver', gateways],
      ['sslclient', servers],
    ] as const) {
      const { isWell, output } = verify(purpose, [...files])
      t.notOk(isWell)
      t.match(output, /unsuitable certificate purpose/)
    }
    const refused = verify('sslclient', revoked)
    t.notOk(refused.isWell)
    t.equal(times(refused.output, 'certificate revoked'), KEY_TYPES.length)
    t.match(openssl(['verify', '-x509_strict', '-CAfile', ca, ...atTime(NOW), ca]), { isWell: true })
  })
}

t.test('openssl prints what a certificate is for', { skip: noOpenssl }, async (t) => {
  const { ca, gateways, servers } = newSite(t.testdir(), 'ec-p256')
  const text = (file = ''): string => openssl(['x509', '-in', file, '-noout', '-text']).output
  const gateway = text(gateways[0])
  for (const words of [
    /Version: 3 \(0x2\)/,
    /Signature Algorithm: ecdsa-with-SHA256/,
    /Issuer: CN = vpnunit CA [0-9a-f]{8}/,
    /Not Before: Jun {2}1 11:55:00 2030 GMT/,
    /Not After : Sep {2}3 12:00:00 2032 GMT/,
    /Subject: CN = gw-ec-p256\.example\.org/,
    /Basic Constraints: critical\s+CA:FALSE/,
    /Key Usage: critical\s+Digital Signature\n/,
    /Extended Key Usage: \s+TLS Web Client Authentication\n/,
    /Subject Alternative Name: \s+DNS:gw-ec-p256\.example\.org\n/,
    /Subject Key Identifier/,
    /Authority Key Identifier/,
  ]) {
    t.match(gateway, words)
  }
  t.match(text(servers[0]), /Extended Key Usage: \s+TLS Web Server Authentication\n/)
  const root = text(ca)
  t.match(root, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
  t.match(root, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/)
  t.match(root, /Subject Key Identifier/)
})

t.test('openssl sees the end of a certificate on both sides of 2050', { skip: noOpenssl }, async (t) => {
  const folder = t.testdir()
  const now = new Date('2045-01-01T00:00:00Z')
  const key = keyObject(pairOf('ec-p256'))
  const authority = openAuthority(key, createAuthority(key, now).der)
  const ca = join(folder, 'ca.crt')
  writeFileSync(ca, certificatePem(authority.certificate.der))
  const { publicKey } = pairOf('ed25519')
  for (const [last, end] of [
    ['2049-12-31T23:59:58Z', '2049-12-31T23:59:59Z'],
    ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'],
    ['2050-01-01T00:00:00Z', '2050-01-01T00:00:01Z'],
  ] as const) {
    const days = (Date.parse(end) - now.getTime()) / DAY_MS
    const { der } = authority.issue({ kind: 'gateway', name: 'gw.example.org', publicKey, days, now })
    const file = join(folder, 'gw.crt')
    writeFileSync(file, certificatePem(der))
    const verify = (time: string) => openssl(['verify', '-x509_strict', '-CAfile', ca, ...atTime(new Date(time)), file])
    t.match(verify(last), { isWell: true }, end)
    t.match(verify(end), { isWell: false, output: /certificate has expired/ }, end)
    t.match(verify('2044-12-31T23:54:59Z'), { isWell: false, output: /not yet valid/ }, end)
  }
})

import t from 'tap'
import { encode, oid, sequence } from './der.ts'
import { OID } from './oid.ts'
import { noOpenssl, openssl } from './testing/program.ts'

t.test('every identifier is what openssl knows by its name', { skip: noOpenssl }, async (t) => {
  const der = encode(sequence(...Object.values(OID).map(oid)))
  const { output } = openssl(['asn1parse', '-inform', 'DER'], der)
  const names = Array.from(output.matchAll(/OBJECT +:(.*)/g), ([, name]) => name)
  t.same(names, [
    'commonName',
    'X509v3 Subject Key Identifier',
    'X509v3 Key Usage',
    'X509v3 Subject Alternative Name',
    'X509v3 Basic Constraints',
    'X509v3 CRL Number',
    'X509v3 CRL Reason Code',
    'X509v3 Authority Key Identifier',
    'X509v3 Extended Key Usage',
    'TLS Web Server Authentication',
    'TLS Web Client Authentication',
    'rsaEncryption',
    'Extension Request',
    'Microsoft Extension Request',
    'PBES2',
    'PBKDF2',
    'hmacWithSHA256',
    'aes-256-cbc',
  ])
})

import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readAuthorityCertificate } from './authority-certificate.ts'
import { signCertificate } from './certificate.ts'
import { type Asn1, sequence, truth } from './der.ts'
import { Malformed } from './der-reader.ts'
import { extension } from './extensions.ts'
import { keyIdentifierOf } from './key-identifier.ts'
import { generateKeyPair } from './key-pair.ts'
import { signerOf } from './signature.ts'
import { keyObject, NOW, newAuthority } from './testing/authority.ts'
import { newEasyRsa, noEasyRsa } from './testing/easy-rsa.ts'

const authority = await newAuthority()

t.test('what was issued is read again', async (t) => {
  const { der, ...facts } = authority.certificate
  const read = readAuthorityCertificate(der)
  t.same(read.facts, facts)
  t.equal(`vpnunit CA ${read.keyId.toString('hex', 0, 4)}`, facts.name)
  t.same(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }), read.publicKey)
})

t.test("another program's authority is read too", { skip: noEasyRsa }, async (t) => {
  const { pki } = newEasyRsa(t.testdir())
  const certificate = new X509Certificate(readFileSync(join(pki, 'ca.crt')))
  const { facts, keyId } = readAuthorityCertificate(certificate.raw)
  t.match(facts, { name: 'Easy-RSA CA', keyType: 'ec-p384' })
  t.equal(facts.serial, certificate.serialNumber.toLowerCase().padStart(32, '0'))
  t.same(facts.notAfter, new Date(certificate.validTo))
  t.equal(keyId.length, 20)
})

t.test('a certificate that is no authority, a cut-off one and rubbish are refused', async (t) => {
  const { publicKey } = await generateKeyPair('ec-p256')
  const { der } = authority.issue({ kind: 'gateway', name: 'a.example.org', publicKey, days: 1, now: NOW })
  t.throws(() => readAuthorityCertificate(der), {
    message: "the authority's certificate can't be used: it is not the certificate of an authority",
  })
  t.throws(() => readAuthorityCertificate(der.subarray(0, -1)), Malformed)
  t.throws(() => readAuthorityCertificate(Buffer.from('rubbish')), Malformed)
})

t.test('an authority without name and key identifier is read, and its key identified all the same', async (t) => {
  const { own, read } = await signedByHand(extension('2.5.29.19', true, sequence(truth())))
  t.equal(read().facts.name, '')
  t.same(read().keyId, keyIdentifierOf(own.publicKey))
})

t.test('an authority with a key that is not used here is refused', async (t) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' })
  const { read } = await signedByHand(
    extension('2.5.29.19', true, sequence(truth())),
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  t.throws(read, { message: "the authority's certificate can't be used: its key is of a type that is not used here" })
})

/** A certificate with one extension and no name in it. */
async function signedByHand(only: Asn1, publicKey?: Buffer) {
  const own = await generateKeyPair('ec-p256')
  const facts = {
    serial: '01',
    name: '',
    notBefore: NOW,
    notAfter: new Date(NOW.getTime() + 1000),
    keyType: 'ec-p256',
  } as const
  const parts = { facts, issuer: sequence(), subject: sequence(), publicKey: publicKey ?? own.publicKey }
  const { der } = signCertificate({ ...parts, extensions: sequence(only) }, signerOf(keyObject(own)))
  return { own, read: () => readAuthorityCertificate(der) }
}

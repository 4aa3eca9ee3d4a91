import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { KEY_TYPES } from '../domain/key-type.ts'
import { parseFqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { readCertificateRequest } from './certificate-request.ts'
import { bitString, encode, encoded, integer, nothing, oid, sequence, set } from './der.ts'
import { generateKeyPair, privateKeyPem } from './key-pair.ts'
import { toPem } from './pem.ts'
import { encodeSigned, signerOf } from './signature.ts'
import { keyObject, NOW, newAuthority } from './testing/authority.ts'
import { noOpenssl, openssl } from './testing/program.ts'
import { NAME, newRequest, requestPem, signedWith } from './testing/request.ts'

const FQDN = parseFqdn(NAME)
const read = (pem: string) => readCertificateRequest(pem, FQDN)
const bad = (message: RegExp) => ({ name: 'Problem', code: 'bad-csr', message })

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })
const rsaKey = spkiOf(rsa.publicKey)

t.test("openssl's requests with every key type give the key that made them", { skip: noOpenssl }, async (t) => {
  const folder = t.testdir()
  const authority = await newAuthority()
  for (const keyType of KEY_TYPES.filter((one) => one !== 'rsa-3072' && one !== 'rsa-4096')) {
    const pair = await generateKeyPair(keyType)
    const file = join(folder, `${keyType}.key`)
    writeFileSync(file, privateKeyPem(pair.privateKey))
    const { output } = openssl(['req', '-new', '-batch', '-key', file, '-subj', `/CN=${NAME}`, '-sha256'])
    t.same(read(output), { publicKey: pair.publicKey, keyType })
    const { der } = authority.issue({ kind: 'gateway', name: NAME, ...read(output), days: 1, now: NOW })
    t.ok(new X509Certificate(der).checkPrivateKey(keyObject(pair)), 'and a certificate for it')
  }
})

t.test("openssl's requests with a name, extensions and old headers are taken", { skip: noOpenssl }, async (t) => {
  const key = join(t.testdir({ key: privateKeyPem((await generateKeyPair('ec-p256')).privateKey) }), 'key')
  const request = (...args: string[]): string => openssl(['req', '-new', '-batch', '-key', key, ...args]).output
  t.doesNotThrow(() => read(request('-subj', '/')), 'no name at all')
  t.doesNotThrow(() => read(request('-subj', `/C=DE/O=Example/CN=${NAME}`)), 'other attributes beside the name')
  t.doesNotThrow(() => read(request('-subj', '/', '-addext', `subjectAltName=DNS:${NAME}`)))
  t.doesNotThrow(() =>
    read(request('-subj', '/', '-addext', 'basicConstraints=CA:FALSE', '-addext', 'keyUsage=keyAgreement')),
  )
  t.doesNotThrow(() => read(request('-subj', '/', '-newhdr')), 'NEW CERTIFICATE REQUEST')
  t.doesNotThrow(() => read(request('-subj', '/', '-sha384')))
  t.throws(() => read(request('-subj', '/CN=other.example.org')), bad(/its common name is "other.example.org"/))
  t.throws(
    () => read(request('-subj', '/', '-addext', 'subjectAltName=DNS:other.example.org')),
    bad(/alternative names/),
  )
  t.throws(() => read(request('-subj', '/', '-addext', 'basicConstraints=CA:TRUE')), bad(/of an authority/))
  t.throws(() => read(request('-subj', '/', '-sha1')), bad(/signed with SHA-1, which is too weak; sign with SHA-256/))
  t.throws(() => read(request('-subj', '/', '-text')), bad(/nothing before, inside or after/))
})

t.test('a text that is not one request in PEM is refused, and told how a right one is made', async (t) => {
  const pem = requestPem(newRequest())
  t.throws(
    () => read(''),
    bad(/there is no PEM block in it.* A right one is made by: openssl req -new -key KEY -subj \/CN=gw\.example\.org$/),
  )
  t.throws(() => read('rubbish'), bad(/no PEM block/))
  t.throws(() => read(pem + pem), bad(/there are 2 PEM blocks/))
  t.throws(() => read(`${pem}junk`), bad(/nothing before, inside or after/))
  t.throws(() => read(toPem('CERTIFICATE', newRequest())), bad(/must begin with "-----BEGIN CERTIFICATE REQUEST-----"/))
  t.throws(() => read(' '.repeat(16_385)), bad(/it has 16385 characters, and at most 16384 are read/))
  t.throws(() => read(requestPem(Buffer.concat([newRequest(), Buffer.alloc(1)]))), bad(/something follows/))
  t.throws(() => read(requestPem(Buffer.alloc(0))), bad(/the base64|missing or cut off/))
  t.throws(() => read(requestPem(Buffer.from('30800000', 'hex'))), bad(/a length that DER does not have/))
})

t.test('a structure that PKCS#10 does not have is refused', async (t) => {
  t.throws(() => read(requestPem(newRequest({ version: integer(1) }))), bad(/its version must be 1/))
  t.throws(() => read(requestPem(newRequest({ more: [nothing()] }))), bad(/a member too many/))
  t.throws(() => read(requestPem(encode(sequence(sequence(), sequence())))), bad(/missing or cut off/))
  t.throws(
    () => read(requestPem(encode(sequence(sequence(integer(0)), sequence(), bitString(Buffer.alloc(1)))))),
    bad(/missing/),
  )
  const unordered = newRequest({ subject: sequence(set(sequence(oid('2.5.4.10'), nothing()), integer(1))) })
  t.throws(() => read(requestPem(unordered)), bad(/not in DER's order/), 'where nobody looks, too')
})

t.test('a request that its key did not sign is refused', async (t) => {
  const { publicKey } = await generateKeyPair('ec-p256')
  t.throws(() => read(requestPem(newRequest({ publicKey }))), bad(/it does not have the signature of its key/))
  t.throws(() => read(requestPem(newRequest({ publicKey: rsaKey }))), bad(/its key can not have used/))
})

t.test('weak and unknown signature algorithms are refused', async (t) => {
  const signed = (id: string, hash: string): string =>
    requestPem(signedWith(id, hash, rsa.privateKey, rsaKey, nothing()))
  t.doesNotThrow(() => read(signed('1.2.840.113549.1.1.11', 'sha256')))
  t.throws(
    () => read(signed('1.2.840.113549.1.1.4', 'md5')),
    bad(/signed with MD5, which is too weak; sign with SHA-256/),
  )
  t.throws(() => read(signed('1.2.840.113549.1.1.5', 'sha1')), bad(/signed with SHA-1/))
  t.throws(
    () => read(signed('1.2.840.113549.1.1.10', 'sha256')),
    bad(/signed with 1.2.840.113549.1.1.10, which is not known/),
  )
})

t.test('keys of other types, sizes and exponents are refused with what would be right', async (t) => {
  const refused = (publicKey: Buffer, message: RegExp): unknown =>
    t.throws(() => read(requestPem(newRequest({ publicKey }))), bad(message))
  const bits = (modulusLength: number, publicExponent = 65_537): Buffer =>
    spkiOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey)
  const curve = (namedCurve: string): Buffer => spkiOf(generateKeyPairSync('ec', { namedCurve }).publicKey)
  const rightOnes = /use EC P-256 or P-384 \(named curve, uncompressed point\), Ed25519, or RSA with 2048, 3072 or 4096/
  refused(bits(1024), /its RSA key has 1024 bits: use EC/)
  refused(bits(2056), /its RSA key has 2056 bits/)
  refused(bits(1024, 3), /a public exponent that is not safe; make one with 65537/)
  refused(rsaWith(65_538n), /not safe/)
  refused(rsaWith(2n ** 32n + 1n), /not safe/)
  refused(curve('secp521r1'), rightOnes)
  refused(curve('secp256k1'), rightOnes)
  refused(spkiOf(generateKeyPairSync('x25519').publicKey), /its key is of another type/)
  refused(encode(sequence()), rightOnes)
  const offCurve = Buffer.from((await generateKeyPair('ec-p256')).publicKey)
  offCurve.fill(7, offCurve.length - 32)
  refused(offCurve, /the public key is not valid/)
})

function rsaWith(exponent: bigint): Buffer {
  const numbers = encode(sequence(integer(2n ** 2047n + 1n), integer(exponent)))
  return encode(sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bitString(numbers)))
}

t.test('a request without the field of attributes is taken', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const body = sequence(integer(0), sequence(), encoded(spkiOf(publicKey)))
  t.equal(read(requestPem(encodeSigned(body, signerOf(privateKey)))).keyType, 'ed25519')
})

/** Any UTF-16, whole or not; fast-check's own binary strings take a second to begin. */
function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.uint16Array({ maxLength }).map((units) => String.fromCharCode(...units))
}

t.test('nothing but a problem comes of hostile text', async (t) => {
  const isProblem = (pem: string): void => {
    try {
      read(pem)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'bad-csr') throw error
    }
  }
  const valid = [newRequest(), signedWith('1.2.840.113549.1.1.11', 'sha256', rsa.privateKey, rsaKey, nothing())]
  fc.assert(fc.property(anyText(300), isProblem))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => isProblem(requestPem(Buffer.from(octets)))))
  const change = fc.tuple(fc.nat(2000), fc.nat(255))
  const changed = fc.property(
    fc.constantFrom(...valid),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    (der, changes) => {
      const bytes = Buffer.from(der)
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet
      isProblem(requestPem(bytes))
    },
  )
  fc.assert(changed, { numRuns: 300 })
  const text = requestPem(newRequest())
  fc.assert(
    fc.property(fc.nat(text.length), anyText(3), (at, inserted) =>
      isProblem(text.slice(0, at) + inserted + text.slice(at + 1)),
    ),
  )
  isProblem(requestPem(Buffer.alloc(11_000, 0x30)))
  t.pass()
})

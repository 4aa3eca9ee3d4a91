import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import t from 'tap'
import { bitString, encode, encoded, integer, nothing, oid, sequence } from './der.ts'
import { Malformed, wholeOf } from './der-reader.ts'
import { generateKeyPair } from './key-pair.ts'
import { encodeSigned, faultOfSignature, importPublicKey, readSigned, signerOf } from './signature.ts'

const BODY = sequence(integer(42))

const keyOf = async (keyType: 'ec-p256' | 'ec-p384' | 'ed25519' | 'rsa-2048'): Promise<KeyObject> =>
  createPrivateKey({ key: (await generateKeyPair(keyType)).privateKey, format: 'der', type: 'pkcs8' })

const rsa = await keyOf('rsa-2048')
const p256 = await keyOf('ec-p256')

const faultOf = (der: Buffer, key: KeyObject): string | undefined =>
  faultOfSignature(readSigned(der), importPublicKey(signerOf(key).publicKey))

/** BODY signed by hand, under an algorithm of the caller's. */
const signedAs = (id: string, hash: string, key: KeyObject, parameters = [nothing()]): Buffer =>
  encode(sequence(BODY, sequence(oid(id), ...parameters), bitString(sign(hash, encode(BODY), key))))

t.test('each key type signs with its own algorithm, and what it signed verifies', async (t) => {
  const algorithms = { 'ec-p256': '2a8648ce3d040302', 'ec-p384': '2a8648ce3d040303', ed25519: '2b6570' } as const
  for (const keyType of ['ec-p256', 'ec-p384', 'ed25519'] as const) {
    const key = await keyOf(keyType)
    const der = encodeSigned(BODY, signerOf(key))
    t.equal(faultOf(der, key), undefined, keyType)
    const { algorithm, body } = readSigned(der)
    t.equal(wholeOf(algorithm).subarray(4).toString('hex'), algorithms[keyType], 'and no parameters')
    t.same(wholeOf(body), encode(BODY))
  }
  const der = encodeSigned(BODY, signerOf(rsa))
  t.equal(faultOf(der, rsa), undefined)
  t.equal(wholeOf(readSigned(der).algorithm).toString('hex'), '300d06092a864886f70d01010b0500')
})

t.test('an altered body, another key and rubbish for a signature are seen', async (t) => {
  const altered = /^does not have the signature of its key/
  const der = encodeSigned(BODY, signerOf(p256))
  t.match(faultOf(der, await keyOf('ec-p256')), altered)
  const changed = Buffer.from(der)
  changed[changed.indexOf(42)] = 43
  t.match(faultOf(changed, p256), altered)
  for (const octets of [
    Buffer.alloc(0),
    Buffer.alloc(8),
    Buffer.alloc(72, 0xff),
    Buffer.from('3006020100020100', 'hex'),
  ]) {
    const signed = encode(sequence(BODY, sequence(oid('1.2.840.10045.4.3.2')), bitString(octets)))
    t.match(faultOf(signed, p256), altered, octets.toString('hex'))
  }
  const short = encode(sequence(BODY, sequence(oid('1.2.840.113549.1.1.11'), nothing()), bitString(Buffer.alloc(10))))
  t.match(faultOf(short, rsa), altered)
})

t.test('weak, unknown and unfitting algorithms are named, though the signature be right', async (t) => {
  t.equal(
    faultOf(signedAs('1.2.840.113549.1.1.5', 'sha1', rsa), rsa),
    'is signed with SHA-1, which is too weak; sign with SHA-256',
  )
  t.match(faultOf(signedAs('1.2.840.113549.1.1.4', 'md5', rsa), rsa), /signed with MD5/)
  t.match(faultOf(signedAs('1.2.840.10045.4.1', 'sha1', p256, []), p256), /signed with SHA-1/)
  t.match(faultOf(signedAs('1.2.840.113549.1.1.14', 'sha224', rsa), rsa), /signed with SHA-224/)
  t.equal(
    faultOf(signedAs('1.2.3.4', 'sha256', rsa), rsa),
    'is signed with 1.2.3.4, which is not known here; sign with SHA-256',
  )
  t.match(faultOf(signedAs('1.2.840.113549.1.1.11', 'sha256', p256), p256), /its key can not have used/)
})

t.test('longer hashes of SHA-2 are taken, and RSA without its NULL', async (t) => {
  t.equal(faultOf(signedAs('1.2.840.113549.1.1.12', 'sha384', rsa), rsa), undefined)
  t.equal(faultOf(signedAs('1.2.840.113549.1.1.13', 'sha512', rsa), rsa), undefined)
  t.equal(faultOf(signedAs('1.2.840.113549.1.1.11', 'sha256', rsa, []), rsa), undefined)
  t.equal(faultOf(signedAs('1.2.840.10045.4.3.4', 'sha512', p256, []), p256), undefined)
  t.throws(() => faultOf(signedAs('1.2.840.10045.4.3.2', 'sha256', p256), p256), Malformed, 'ECDSA has no parameters')
})

t.test('a key of another type signs nothing here, and a point off its curve is no key', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' })
  t.throws(() => signerOf(privateKey), { message: /^this private key is of no supported type: use EC P-256/ })
  const off = Buffer.from(signerOf(p256).publicKey)
  off.fill(7, off.length - 32)
  t.throws(() => importPublicKey(off), { message: /^the public key is not valid/, name: 'Malformed' })
  t.throws(() => readSigned(encode(sequence(encoded(encode(BODY))))), Malformed)
})

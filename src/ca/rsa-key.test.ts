import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { bitString, encode, integer, nothing, oid, sequence } from './der.ts'
import { readRsaKey } from './rsa-key.ts'

const RSA = '1.2.840.113549.1.1.1'

const spki = (modulus: bigint, exponent: bigint): Buffer =>
  encode(sequence(sequence(oid(RSA), nothing()), bitString(encode(sequence(integer(modulus), integer(exponent))))))

t.test('the size and the exponent of an RSA key are those it was made with', async (t) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 3 })
  t.same(readRsaKey(publicKey.export({ type: 'spki', format: 'der' })), { bits: 1024, exponent: 3n })
  t.same(readRsaKey(spki(2n ** 2047n, 65_537n)), { bits: 2048, exponent: 65_537n })
  t.same(readRsaKey(spki(2n ** 2047n - 1n, 65_537n)), { bits: 2047, exponent: 65_537n })
  t.same(readRsaKey(spki(2n ** 2048n, 65_537n)), { bits: 2049, exponent: 65_537n })
  t.same(readRsaKey(spki(0n, 1n)), { bits: 0, exponent: 1n })
})

t.test('a negative modulus or exponent is no key', async (t) => {
  const octets = encode(sequence(integer(127), integer(3)))
  const negative = Buffer.from(octets)
  negative[4] = 0xff
  const key = (numbers: Buffer): Buffer => encode(sequence(sequence(oid(RSA), nothing()), bitString(numbers)))
  t.same(readRsaKey(key(octets)), { bits: 7, exponent: 3n })
  t.equal(readRsaKey(key(negative)), undefined)
})

t.test('what is no RSA key, or is not whole, is none', async (t) => {
  const { publicKey } = generateKeyPairSync('ed25519')
  t.equal(readRsaKey(publicKey.export({ type: 'spki', format: 'der' })), undefined)
  t.equal(readRsaKey(spki(2n ** 2047n, 3n).subarray(0, 40)), undefined)
  t.equal(readRsaKey(encode(sequence(sequence(oid(RSA)), bitString(Buffer.alloc(0))))), undefined)
})

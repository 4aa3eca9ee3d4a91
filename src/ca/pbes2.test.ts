import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { encode, integer, nothing, octetString, oid, sequence } from './der.ts'
import { generateKeyPair } from './key-pair.ts'
import { checkEncryptedKey, encryptPrivateKey } from './pbes2.ts'
import { noOpenssl, openssl } from './testing/program.ts'

const PASSPHRASE = Buffer.from('correct horse battery staple')
const { privateKey } = await generateKeyPair('ec-p256')
const key = encryptPrivateKey(privateKey, PASSPHRASE)

t.test('what is encrypted here is read by Node, and by nobody with another passphrase', async (t) => {
  const open = (passphrase: Buffer) => createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase })
  t.same(open(PASSPHRASE).export({ format: 'der', type: 'pkcs8' }), privateKey)
  t.throws(() => open(Buffer.from('wrong')))
  t.notSame(encryptPrivateKey(privateKey, PASSPHRASE), key, 'salt and nonce are new each time')
})

t.test('openssl prints the algorithms and their strength', { skip: noOpenssl }, async (t) => {
  const { output } = openssl(['asn1parse', '-inform', 'DER'], key)
  for (const words of [/:PBES2/, /:PBKDF2/, /INTEGER +:0927C0/, /:hmacWithSHA256/, /:aes-256-cbc/])
    t.match(output, words)
})

t.test('a whole key is recognised without its passphrase, and a damaged one too', async (t) => {
  t.doesNotThrow(() => checkEncryptedKey(key))
  t.throws(() => checkEncryptedKey(key.subarray(0, -1)), { name: 'Malformed' })
  t.throws(() => checkEncryptedKey(privateKey), { name: 'Malformed' }, 'a plain key is none')
})

t.test("other programs' algorithms are left to Node, and a count that would take hours is not", async (t) => {
  const encrypted = (algorithm: string, parameters = sequence()): Buffer =>
    encode(sequence(sequence(oid(algorithm), parameters), octetString(Buffer.alloc(16))))
  const derived = (id: string, iterations: number): Buffer => {
    const derivation = sequence(oid(id), sequence(octetString(Buffer.alloc(8)), integer(iterations)))
    return encrypted('1.2.840.113549.1.5.13', sequence(derivation, sequence(oid('1.2.3.4'), nothing())))
  }
  const scrypt = '1.3.6.1.4.1.11591.4.11'
  const pbkdf2 = '1.2.840.113549.1.5.12'
  t.doesNotThrow(() => checkEncryptedKey(encrypted('1.2.840.113549.1.12.1.3')))
  t.doesNotThrow(() => checkEncryptedKey(derived(scrypt, 2 ** 31)))
  t.doesNotThrow(() => checkEncryptedKey(derived(pbkdf2, 10_000_000)))
  t.throws(() => checkEncryptedKey(derived(pbkdf2, 10_000_001)), { message: 'its count of iterations is too high' })
})

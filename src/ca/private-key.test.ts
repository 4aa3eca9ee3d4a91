import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { generateKeyPair } from './key-pair.ts'
import { decodeAuthorityKey, encodeAuthorityKey } from './private-key.ts'
import { keyObject } from './testing/authority.ts'
import { noOpenssl, openssl } from './testing/program.ts'

const PASSPHRASE = Buffer.from('correct horse battery staple')
const key = keyObject(await generateKeyPair('ec-p256'))
const plain = encodeAuthorityKey(key, undefined)
const encrypted = encodeAuthorityKey(key, PASSPHRASE)

t.test('a plain key and an encrypted one come back as they were', async (t) => {
  for (const keyType of ['ec-p384', 'ed25519', 'rsa-2048'] as const) {
    const own = keyObject(await generateKeyPair(keyType))
    const decoded = decodeAuthorityKey(encodeAuthorityKey(own, undefined), undefined)
    t.ok(decoded.key.equals(own), keyType)
    t.equal(decoded.encrypted, false)
  }
  const decoded = decodeAuthorityKey(encrypted, PASSPHRASE)
  t.ok(decoded.key.equals(key))
  t.equal(decoded.encrypted, true)
  t.match(plain, /^-----BEGIN PRIVATE KEY-----\n/)
  t.match(encrypted, /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
  t.equal(decodeAuthorityKey(plain, PASSPHRASE).encrypted, false, 'a passphrase that is not needed does no harm')
})

t.test('openssl opens the encrypted key with its passphrase and with no other', { skip: noOpenssl }, async (t) => {
  const file = join(t.testdir(), 'ca.key')
  writeFileSync(file, encrypted)
  const open = (passphrase: string) => openssl(['pkey', '-in', file, '-passin', `pass:${passphrase}`])
  t.match(open(PASSPHRASE.toString()), { isWell: true, output: plain })
  t.equal(open('wrong').isWell, false)
})

t.test("openssl's own keys are read, whatever they are encrypted with", { skip: noOpenssl }, async (t) => {
  const folder = t.testdir({ 'plain.key': plain })
  const make = (...args: string[]): string =>
    openssl(['pkcs8', '-topk8', '-in', join(folder, 'plain.key'), '-passout', `pass:${PASSPHRASE}`, ...args]).output
  for (const pem of [make(), make('-scrypt'), make('-v2', 'aes-128-cbc')]) {
    t.ok(decodeAuthorityKey(pem, PASSPHRASE).key.equals(key))
  }
  t.ok(decodeAuthorityKey(openssl(['genpkey', '-algorithm', 'ED25519']).output, undefined).key)
})

t.test('a wrong passphrase and a missing one are told apart, and neither is repeated', async (t) => {
  const wrong = Buffer.from('wrong-secret')
  t.throws(() => decodeAuthorityKey(encrypted, undefined), {
    message: "the authority's key is encrypted and no passphrase given",
  })
  try {
    decodeAuthorityKey(encrypted, wrong)
    t.fail('it must not open')
  } catch (error) {
    const { message, stack, cause } = error as Error
    t.match(message, /^wrong passphrase for the authority's key/)
    t.notMatch(`${message}${stack}${cause}`, /wrong-secret/)
  }
})

t.test('an empty passphrase and one that openssl could not read are refused', async (t) => {
  t.throws(() => encodeAuthorityKey(key, Buffer.alloc(0)), { message: /is empty/ })
  t.throws(() => encodeAuthorityKey(key, Buffer.alloc(1025, 0x61)), { message: /is longer than 1024 octets/ })
  t.throws(() => decodeAuthorityKey(encrypted, Buffer.alloc(0)), { message: /is empty/ })
  const longest = Buffer.alloc(1024, 0x61)
  t.ok(decodeAuthorityKey(encodeAuthorityKey(key, longest), longest).key.equals(key), 'the longest')
})

t.test('a damaged file is told from a wrong passphrase', async (t) => {
  const damaged = /^the authority's key is damaged: .* openssl pkcs8 -topk8 writes it$/
  const texts = [
    '',
    'rubbish',
    plain.slice(0, 60),
    plain + plain,
    plain.replace(/^M/m, 'N'),
    plain.replaceAll('PRIVATE', 'RSA PRIVATE'),
    encrypted.replace(/\n.{64}\n/, '\n'),
    encrypted.replaceAll('ENCRYPTED ', ''),
    plain.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'),
    plain.replaceAll('PRIVATE', 'PUBLIC'),
  ]
  for (const text of texts)
    t.throws(() => decodeAuthorityKey(text, PASSPHRASE), { message: damaged }, text.slice(0, 40))
})

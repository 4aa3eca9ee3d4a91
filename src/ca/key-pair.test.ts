import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { KEY_TYPES } from '../domain/key-type.ts'
import { generateKeyPair, keyTypeOf, privateKeyPem } from './key-pair.ts'
import { noOpenssl, openssl } from './testing/program.ts'

const pairs = await Promise.all(KEY_TYPES.map(async (keyType) => ({ keyType, pair: await generateKeyPair(keyType) })))

t.test('a key pair of every type signs and verifies, and is recognised by its public key', async (t) => {
  for (const { keyType, pair } of pairs) {
    const privateKey = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' })
    const publicKey = createPublicKey({ key: pair.publicKey, format: 'der', type: 'spki' })
    const hash = keyType === 'ed25519' ? null : 'sha256'
    t.ok(verify(hash, Buffer.from('text'), publicKey, sign(hash, Buffer.from('text'), privateKey)), keyType)
    t.equal(keyTypeOf(pair.publicKey), keyType)
    t.same(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }), pair.publicKey, 'they belong together')
  }
})

t.test('openssl reads the private key of every type and finds it whole', { skip: noOpenssl }, async (t) => {
  const folder = t.testdir()
  for (const { keyType, pair } of pairs) {
    const file = join(folder, `${keyType}.key`)
    writeFileSync(file, privateKeyPem(pair.privateKey))
    // The check of a large RSA key looks for primes for a second, and all of ours come from openssl itself.
    const isLarge = keyType === 'rsa-3072' || keyType === 'rsa-4096'
    const check = openssl(['pkey', '-in', file, '-noout', ...(isLarge ? [] : ['-check'])])
    t.match(check, { isWell: true, output: isLarge ? '' : /Key is valid/ }, keyType)
    t.match(openssl(['pkcs8', '-topk8', '-nocrypt', '-in', file]), {
      isWell: true,
      output: /^-----BEGIN PRIVATE KEY-----/,
    })
    t.equal(openssl(['pkey', '-in', file, '-pubout', '-outform', 'DER']).isWell, true)
  }
})

t.test('a private key that begins with zeros keeps its length', async (t) => {
  const octetsBefore = 36
  let isFound = false
  for (let n = 0; n < 10_000 && !isFound; n++) {
    const { privateKey, publicKey } = await generateKeyPair('ec-p256')
    if (privateKey.length !== 138) t.fail(`a key of ${privateKey.length} octets`)
    isFound = privateKey[octetsBefore] === 0
    if (!isFound) continue
    const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
    t.same(key.export({ format: 'der', type: 'pkcs8' }), privateKey, 'as Node itself writes it')
    t.same(createPublicKey(key).export({ format: 'der', type: 'spki' }), publicKey)
  }
  t.ok(isFound)
})

t.test('other keys have no type here', async (t) => {
  const spki = (name: string): Buffer =>
    generateKeyPairSync('ec', { namedCurve: name }).publicKey.export({ type: 'spki', format: 'der' })
  t.equal(keyTypeOf(spki('secp521r1')), undefined)
  t.equal(keyTypeOf(spki('secp256k1')), undefined)
  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  t.equal(keyTypeOf(rsa1024.export({ type: 'spki', format: 'der' })), undefined)
  const [p256] = pairs
  const publicKey = p256?.pair.publicKey ?? Buffer.alloc(0)
  t.equal(keyTypeOf(Buffer.concat([publicKey, Buffer.alloc(1)])), undefined, 'an octet too many')
  t.equal(keyTypeOf(publicKey.subarray(0, -1)), undefined, 'an octet too few')
  const compressed = Buffer.from(publicKey)
  compressed[26] = 2
  t.equal(keyTypeOf(compressed), undefined, 'a point in another form')
  t.equal(keyTypeOf(Buffer.alloc(0)), undefined)
  t.equal(keyTypeOf(Buffer.from('rubbish')), undefined)
})

t.test('PEM of a private key has the lines that OpenVPN reads', async (t) => {
  const [p256] = pairs
  const lines = privateKeyPem(p256?.pair.privateKey ?? Buffer.alloc(0)).split('\n')
  t.equal(lines[0], '-----BEGIN PRIVATE KEY-----')
  t.equal(lines[1]?.length, 64)
  t.same(lines.slice(-2), ['-----END PRIVATE KEY-----', ''])
})

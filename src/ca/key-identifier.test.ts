import { createHash } from 'node:crypto'
import t from 'tap'
import { Malformed } from './der-reader.ts'
import { keyIdentifierOf } from './key-identifier.ts'
import { generateKeyPair } from './key-pair.ts'

t.test('a key identifier is 160 bits of the SHA-256 of the point, as RFC 7093 says', async (t) => {
  const { publicKey } = await generateKeyPair('ec-p256')
  const point = publicKey.subarray(-65)
  t.same(keyIdentifierOf(publicKey), createHash('sha256').update(point).digest().subarray(0, 20))
})

t.test('what is no public key has none', async (t) => {
  t.throws(() => keyIdentifierOf(Buffer.from('rubbish')), Malformed)
})

import t from 'tap'
import { keySourceOf } from './key-source.ts'

t.test('a key comes from a request, is made of a type, or is left to whoever asks', async (t) => {
  t.strictSame(keySourceOf({ csr: 'pem' }), { csr: 'pem' })
  t.strictSame(keySourceOf({ keyType: 'ed25519' }), { keyType: 'ed25519' })
  t.equal(keySourceOf({}), undefined)
  t.equal(keySourceOf({ csr: undefined, keyType: undefined }), undefined)
})

t.test('an empty request is one: it is refused where it is read, and no key is made instead', async (t) => {
  t.strictSame(keySourceOf({ csr: '' }), { csr: '' })
})

t.test('a request and a type are two answers to one question', async (t) => {
  t.throws(() => keySourceOf({ csr: 'pem', keyType: 'ec-p256' }), { code: 'bad-request', message: /not both/ })
})

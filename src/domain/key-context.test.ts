import t from 'tap'
import { keyContext, SERVER_TLS_CRYPT_CONTEXT, tlsCryptContext } from './key-context.ts'

t.test('no two secrets of the database are bound to the same place', async (t) => {
  const serials = ['00', '01', 'ff']
  const contexts = [...serials.map(keyContext), ...serials.map(tlsCryptContext), SERVER_TLS_CRYPT_CONTEXT]
  t.equal(new Set(contexts).size, contexts.length)
})

t.test('what is sealed today opens tomorrow: the words of the places do not change', async (t) => {
  t.equal(keyContext('0a'), 'key of 0a')
  t.equal(tlsCryptContext('0a'), 'tls-crypt-v2 key of 0a')
  t.equal(SERVER_TLS_CRYPT_CONTEXT, 'tls-crypt-v2 key of the server')
})

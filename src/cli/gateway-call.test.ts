import { join } from 'node:path'
import t from 'tap'
import { keyOf, pathOf } from './gateway-call.ts'

t.test('a name can’t leave its place in the path', async (t) => {
  t.equal(pathOf({ operands: ['gw.example.org'] }), '/gateway/gw.example.org')
  t.equal(pathOf({ operands: ['../users?a=b#c/d%2e'] }), '/gateway/..%2Fusers%3Fa%3Db%23c%2Fd%252e')
})

t.test('a key is made here, or asked for with a request, or the service decides', async (t) => {
  const csr = join(t.testdir({ csr: 'PEM' }), 'csr')
  t.same(keyOf({ values: {} }), {})
  t.same(keyOf({ values: { 'key-type': 'ed25519' } }), { keyType: 'ed25519' })
  t.same(keyOf({ values: { csr } }), { csr: 'PEM' })
  t.throws(() => keyOf({ values: { csr, 'key-type': 'ed25519' } }), { name: 'WrongUsage', message: 'not both' })
  t.throws(() => keyOf({ values: { csr: `${csr}.none` } }), { name: 'WrongUsage', message: '--csr' })
})

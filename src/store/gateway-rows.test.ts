import t from 'tap'
import { add, at, fqdn, storeWithUsers } from './testing/gateways.ts'

t.test('a gateway is found by its name, with its user and its current certificate', async (t) => {
  const store = storeWithUsers()
  const id = add(store, 'a', 3, 7)
  store.users.setDisabled(3, true)
  t.same(store.gateways.find(fqdn('a')), {
    id,
    name: 'a.example.org',
    user: 'bob',
    number: 3,
    slot: 7,
    disabled: false,
    userDisabled: true,
    createdAt: at,
    serial: 'a',
    notBefore: at,
    notAfter: new Date('2028-01-01T00:00:00Z'),
    keyType: 'ed25519',
    supersededAt: null,
    revokedAt: null,
    hasFormer: false,
  })
  t.equal(store.gateways.find(fqdn('b')), undefined)
})

t.test('a superseded certificate is not the gateway’s', async (t) => {
  const store = storeWithUsers()
  const gatewayId = add(store, 'a', 2, 0)
  store.certificates.supersede('a', at)
  t.equal(store.gateways.find(fqdn('a')), undefined, 'a gateway always has a current one')
  const former = store.certificates.find('a')
  if (former !== undefined) store.certificates.insert({ ...former, serial: 'a2', gatewayId })
  t.match(store.gateways.find(fqdn('a')), { serial: 'a2', hasFormer: true })
  add(store, 'b', 2, 1)
  t.match(store.gateways.find(fqdn('b')), { serial: 'b', hasFormer: false }, 'another one’s former is not its own')
})

t.test('gateways are listed by name, of one user, or by the end of their certificate', async (t) => {
  const store = storeWithUsers()
  add(store, 'c', 2, 0, '2027-01-01T00:00:00Z')
  add(store, 'a', 3, 0, '2027-06-01T00:00:00Z')
  add(store, 'b', 2, 1, '2028-01-01T00:00:00Z')
  const names = (filter: Partial<Parameters<typeof store.gateways.list>[0]>) =>
    store.gateways.list({ after: '', limit: 10, ...filter }).map((gateway) => gateway.name.split('.')[0])
  t.same(names({}), ['a', 'b', 'c'])
  t.same(names({ limit: 2 }), ['a', 'b'])
  t.same(names({ after: 'a.example.org', limit: 1 }), ['b'])
  t.same(names({ userNumber: 2 }), ['b', 'c'])
  t.same(names({ before: new Date('2027-06-01T00:00:00Z') }), ['c'], 'not the one that ends that very second')
  t.same(names({ before: new Date('2027-06-01T00:00:01Z') }), ['a', 'c'])
  t.same(names({ before: new Date('2030-01-01T00:00:00Z'), userNumber: 2, after: 'b.example.org' }), ['c'])
})

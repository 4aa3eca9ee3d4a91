import t from 'tap'
import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { openStore } from './store.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2027-03-01T12:00:00Z')
const A = parseFqdn('a.ada.example.org')
const B = parseFqdn('b.bob.example.org')

/** A store with two users and a gateway each. */
function storeWithTwo() {
  const store = openStore(':memory:')
  store.users.insert({ number: 2, name: parseUserName('ada'), createdAt: NOW })
  store.users.insert({ number: 3, name: parseUserName('bob'), createdAt: NOW })
  const a = store.gateways.insert({ name: A, userNumber: 2, slot: 0, createdAt: NOW })
  const b = store.gateways.insert({ name: B, userNumber: 3, slot: 7, createdAt: NOW })
  const certify = (gatewayId: number, serial: string, notAfter = LATER) =>
    store.certificates.insert({
      serial,
      kind: 'gateway',
      gatewayId,
      name: 'gw',
      keyType: 'ec-p256',
      notBefore: NOW,
      notAfter,
      der: Buffer.from('der'),
      sealedKey: null,
      sealedTlsCryptKey: null,
      issuedAt: NOW,
    })
  return { store, a, b, certify }
}

t.test('who may connect is told with the serials that are good', async (t) => {
  const { store, a, b, certify } = storeWithTwo()
  certify(a, '01')
  store.certificates.supersede('01', NOW)
  certify(a, '02')
  certify(b, '03')
  store.gateways.setDisabled(b, true)
  store.users.setDisabled(2, true)
  const place = { groups: [], retiring: [], disabled: false, userDisabled: false }
  t.same(store.access.list(NOW), [
    { ...place, name: A, user: 'ada', number: 2, slot: 0, userDisabled: true, serials: ['01', '02'] },
    { ...place, name: B, user: 'bob', number: 3, slot: 7, disabled: true, serials: ['03'] },
  ])
  t.same(store.access.find(B, NOW), store.access.list(NOW)[1])
  t.equal(store.access.find(parseFqdn('c.carl.example.org'), NOW), undefined)
})

t.test('a serial that is revoked, or has ended, is none of them', async (t) => {
  const { store, a, certify } = storeWithTwo()
  certify(a, '01', NOW)
  store.certificates.supersede('01', NOW)
  certify(a, '02')
  store.certificates.revoke('02', NOW, 'superseded')
  t.match(store.access.find(A, NOW), { serials: [], retiring: [] })
  t.match(store.access.find(A, new Date('2026-02-01T00:00:00Z')), { serials: ['01'] })
})

t.test('serials that end with the use of another are named', async (t) => {
  const { store, a, certify } = storeWithTwo()
  certify(a, '01')
  store.certificates.retireOfGateway(a)
  store.certificates.supersede('01', NOW)
  certify(a, '02')
  t.match(store.access.find(A, NOW), { serials: ['01', '02'], retiring: ['01'] })
})

t.test('groups are told by name, those of its user too', async (t) => {
  const { store, a } = storeWithTwo()
  for (const name of ['ops', 'dev'])
    store.groups.insert({ name: parseGroupName(name), description: '', createdAt: NOW })
  store.members.add(parseGroupName('ops'), { userNumber: 2 })
  store.members.add(parseGroupName('dev'), { gatewayId: a })
  t.same(store.access.find(A, NOW)?.groups, ['dev', 'ops'])
  t.same(
    store.access.list(NOW).map(({ groups }) => groups),
    [['dev', 'ops'], []],
  )
})

import t from 'tap'
import { type Fqdn, parseFqdn, parseUserName } from '../domain/names.ts'
import { openStore, type Store } from './store.ts'

const at = new Date('2026-03-01T12:00:00Z')
const fqdn = (name: string): Fqdn => parseFqdn(`${name}.example.org`)

/** Adds a gateway with its current certificate, whose serial is the gateway's name. */
function add(store: Store, name: string, userNumber: number, slot: number, notAfter = '2028-01-01T00:00:00Z'): number {
  const id = store.gateways.insert({ name: fqdn(name), userNumber, slot, createdAt: at })
  store.certificates.insert({
    serial: name,
    kind: 'gateway',
    gatewayId: id,
    name: fqdn(name),
    keyType: 'ed25519',
    notBefore: at,
    notAfter: new Date(notAfter),
    der: Buffer.from('der'),
    sealedKey: null,
    sealedTlsCryptKey: null,
    issuedAt: at,
  })
  return id
}

function storeWithUsers(): Store {
  const store = openStore(':memory:')
  store.users.insert({ number: 2, name: parseUserName('ada'), createdAt: at })
  store.users.insert({ number: 3, name: parseUserName('bob'), createdAt: at })
  return store
}

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
  t.match(store.gateways.find(fqdn('a')), { serial: 'a2' })
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

t.test('what the files say: enabled is who is disabled neither itself nor by its user', async (t) => {
  const store = storeWithUsers()
  const id = add(store, 'b', 2, 0)
  add(store, 'a', 3, 15)
  const enabled = () => store.gateways.listPublished().map((gateway) => gateway.enabled)
  t.same(store.gateways.listPublished(), [
    { name: 'b.example.org', number: 2, slot: 0, enabled: true },
    { name: 'a.example.org', number: 3, slot: 15, enabled: true },
  ])
  store.gateways.setDisabled(id, true)
  t.same(enabled(), [false, true])
  store.users.setDisabled(2, true)
  store.gateways.setDisabled(id, false)
  t.same(enabled(), [false, true])
  store.users.setDisabled(2, false)
  t.same(store.gateways.findPublished('b.example.org'), { name: 'b.example.org', number: 2, slot: 0, enabled: true })
  t.equal(store.gateways.findPublished('c.example.org'), undefined)
})

t.test('a user’s gateways are named in the order of their creation', async (t) => {
  const store = storeWithUsers()
  for (const [slot, name] of ['z', 'a', 'm'].entries()) add(store, name, 2, slot)
  add(store, 'b', 3, 0)
  t.same(store.gateways.namesOfUser(2), ['z.example.org', 'a.example.org', 'm.example.org'])
  t.same(store.gateways.namesOfUser(9), [])
  t.equal(store.gateways.total(), 4)
})

t.test('a gateway that is removed leaves its slot', async (t) => {
  const store = storeWithUsers()
  add(store, 'a', 2, 0)
  const id = add(store, 'b', 2, 5)
  t.same(store.gateways.takenSlots(2), [
    { slot: 0, name: 'a.example.org' },
    { slot: 5, name: 'b.example.org' },
  ])
  store.gateways.remove(id)
  t.same(store.gateways.takenSlots(2), [{ slot: 0, name: 'a.example.org' }])
  t.same(store.gateways.takenSlots(3), [])
})

t.test('slots rest, the longest at rest first, until they are woken', async (t) => {
  const { gateways } = storeWithUsers()
  const [early, late] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-02T00:00:00Z')]
  gateways.restSlot({ number: 2, slot: 3 }, late)
  gateways.restSlot({ number: 2, slot: 9 }, early)
  gateways.restSlot({ number: 2, slot: 1 }, late)
  gateways.restSlot({ number: 3, slot: 1 }, early)
  const slots = (number: number) => gateways.restingSlots(number).map(({ slot }) => slot)
  t.same(slots(2), [9, 1, 3])
  gateways.restSlot({ number: 2, slot: 9 }, new Date('2026-03-03T00:00:00Z'))
  t.same(slots(2), [1, 3, 9], 'one that rests again rests from then on')
  gateways.wakeSlot({ number: 2, slot: 3 })
  t.same(slots(2), [1, 9])
  gateways.wakeRestedSlots(early)
  t.same(gateways.restingSlots(3), [], 'it has rested since then')
  t.same(slots(2), [1, 9], 'they have not')
})

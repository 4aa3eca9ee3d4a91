import t from 'tap'
import { add, storeWithUsers } from './testing/gateways.ts'

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

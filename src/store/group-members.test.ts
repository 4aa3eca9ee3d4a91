import t from 'tap'
import { parseGroupName, parseUserName } from '../domain/names.ts'
import { add, at, fqdn, storeWithUsers } from './testing/gateways.ts'

const [ops, dev] = [parseGroupName('ops'), parseGroupName('dev')]

/** Ada with a and b, bob with c; two groups. */
function filled() {
  const store = storeWithUsers()
  const ids = { a: add(store, 'a', 2, 0), b: add(store, 'b', 2, 1), c: add(store, 'c', 3, 0) }
  for (const name of [ops, dev]) store.groups.insert({ name, description: '', createdAt: at })
  return { store, ids, members: store.members }
}

t.test('somebody is a member once, and none once', async (t) => {
  const { members, ids } = filled()
  for (const member of [{ userNumber: 2 }, { gatewayId: ids.c }]) {
    t.equal(members.add(ops, member), true)
    t.equal(members.add(ops, member), false)
  }
  t.same(members.list(ops), [
    { kind: 'gateway', name: 'c.example.org' },
    { kind: 'user', name: 'ada' },
  ])
  t.same([...members.listAll().keys()], ['ops'])
  t.equal(members.remove(ops, { userNumber: 2 }), true)
  t.equal(members.remove(ops, { userNumber: 2 }), false)
  t.equal(members.remove(ops, { gatewayId: ids.c }), true)
  t.same(members.list(ops), [])
})

t.test('a gateway is in the groups of its user and its own, each named once, by name', async (t) => {
  const { members, ids } = filled()
  members.add(ops, { userNumber: 2 })
  members.add(ops, { gatewayId: ids.a })
  members.add(dev, { gatewayId: ids.a })
  t.same(members.ofGateway(fqdn('a')), [
    { group: 'dev', via: 'gateway' },
    { group: 'ops', via: 'gateway' },
    { group: 'ops', via: 'user' },
  ])
  t.same(members.groupsOf(fqdn('a')), ['dev', 'ops'])
  t.same(members.groupsOf(fqdn('b')), ['ops'])
  t.same(members.groupsOf(fqdn('x')), [])
  t.same(
    [...members.groupsOfAll()],
    [
      ['a.example.org', ['dev', 'ops']],
      ['b.example.org', ['ops']],
    ],
  )
})

t.test('who goes is in no group', async (t) => {
  const { store, members, ids } = filled()
  members.add(ops, { userNumber: 3 })
  members.add(ops, { gatewayId: ids.c })
  store.gateways.remove(ids.c)
  store.users.remove(3)
  t.same(members.list(ops), [])
})

t.test('names become what rows refer to', async (t) => {
  const { members, ids } = filled()
  t.same(members.userReference(parseUserName('ada')), { userNumber: 2 })
  t.same(members.gatewayReference(fqdn('b')), { gatewayId: ids.b })
  t.equal(members.userReference(parseUserName('eve')), undefined)
  t.equal(members.gatewayReference(fqdn('x')), undefined)
  t.same(members.plannedGateways()[1], { name: 'b.example.org', user: 'ada', number: 2, slot: 1 })
})

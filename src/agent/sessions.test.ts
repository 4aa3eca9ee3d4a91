import t from 'tap'
import { SessionTable } from './sessions.ts'
import { GATEWAY, OTHER } from './testing/feed.ts'
import { session } from './testing/session.ts'

t.test('the route follows the newest established session', async (t) => {
  const table = new SessionTable()
  const [first, second] = [session({ rank: 5000 }), session({ instance: 1, phase: 'authorized' })]
  table.add(first)
  table.add(second)
  t.equal(table.owner(GATEWAY), first, 'the second is not established yet')
  table.establish(second, new Date(4000))
  t.equal(table.owner(GATEWAY), second, 'also by a clock that was set back')
  t.match(second, { startedAt: '1970-01-01T00:00:04.000Z', rank: 5001 })
  table.remove(first)
  t.equal(table.owner(GATEWAY), second, 'the late end of the first changes nothing')
  second.ending = 'the gateway is disabled'
  t.equal(table.owner(GATEWAY), undefined, 'one that is being ended has no route')
})

t.test('sessions are found by instance, client id and gateway', async (t) => {
  const table = new SessionTable()
  const [a, b, c] = [session(), session({ cid: 1, gateway: OTHER }), session({ instance: 1 })]
  for (const one of [a, b, c]) table.add(one)
  t.equal(table.find(1, 0), c)
  t.same(table.ofInstance(0), [a, b])
  t.same(table.ofGateway(GATEWAY), [a, c])
  t.same(table.gateways(), [GATEWAY, OTHER])
  t.equal(table.count(0), 2)
  t.same([...table.all()], [a, b, c])
  for (const one of [a, b, c]) table.remove(one)
  t.same(table.gateways(), [])
  t.same([...table.all()], [])
})

t.test('a client id that is used again is another session', async (t) => {
  const table = new SessionTable()
  const [old, next] = [session(), session({ generation: '13942.1795261190' })]
  table.add(old)
  table.add(next)
  t.same(table.ofGateway(GATEWAY), [next])
  table.remove(old)
  t.equal(table.find(0, 0), next)
})

t.test('one that was found ranks by its own age', async (t) => {
  const table = new SessionTable()
  const [old, next] = [session({ phase: 'authorized' }), session({ instance: 1, phase: 'authorized' })]
  table.add(old)
  table.add(next)
  table.establish(next, new Date(9000))
  table.found(old, new Date(8000))
  t.equal(table.owner(GATEWAY), next)
})

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { WantedRoute } from '../domain/route-duty.ts'
import { RouteList } from './route-list.ts'
import { SessionTable } from './sessions.ts'
import { StateCopy } from './state-copy.ts'
import { access, delta, GATEWAY, OTHER, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

const ON_TUN0 = { prefix: '2001:470:c844:200::/60', device: 'tun0' }
const ON_TUN1 = { ...ON_TUN0, device: 'tun1' }

function make(send?: () => Promise<unknown>) {
  const [copy, sessions, sent]: [StateCopy, SessionTable, WantedRoute[][]] = [new StateCopy(), new SessionTable(), []]
  const list = new RouteList({
    copy,
    sessions,
    deviceOf: (instance) => `tun${instance}`,
    send: async (routes) => {
      sent.push(routes)
      await send?.()
    },
  })
  return { copy, sessions, sent, list }
}

t.test('nothing is sent before it is known who is connected, and then all of it', async (t) => {
  const { copy, sessions, sent, list } = make()
  list.ready()
  list.flush()
  t.same(sent, [], 'without a state nobody’s prefix is known')
  copy.apply(whole())
  sessions.add(session())
  list.changed(GATEWAY)
  list.flush()
  t.same(sent, [])
  list.ready()
  list.ready()
  t.same(sent, [[ON_TUN0]])
  const { copy: another, sent: none, list: empty } = make()
  another.apply(whole())
  empty.ready()
  t.same(none, [[]], 'that nobody is connected is said too')
})

t.test('the route follows the gateway, and what has not changed is not sent', async (t) => {
  const { copy, sessions, sent, list } = make()
  copy.apply(whole({ gateways: [access(), access({ name: OTHER, number: 3 })] }))
  list.ready()
  const one = session({ rank: 1 })
  sessions.add(one)
  list.changed(GATEWAY)
  await pause(100)
  sessions.add(session({ instance: 1, rank: 2 }))
  list.changed(GATEWAY)
  list.flush()
  sessions.remove(one)
  list.changed(GATEWAY)
  list.flush()
  copy.apply(delta({ removed: [GATEWAY] }))
  list.changed(GATEWAY)
  list.flush()
  t.same(sent, [[], [ON_TUN0], [ON_TUN1], []])
  list.close()
})

t.test('in a storm what comes while routes are set is sent together', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { copy, sessions, sent, list } = make(() => gate.promise)
  copy.apply(whole({ gateways: [access(), access({ name: OTHER, number: 3 })] }))
  list.ready()
  for (const gateway of [GATEWAY, OTHER]) {
    sessions.add(session({ gateway, cid: sessions.gateways().length }))
    list.changed(gateway)
    await pause(15)
  }
  t.equal(sent.length, 1)
  gate.resolve()
  await pause(100)
  t.equal(sent.length, 2)
  t.equal(sent[1]?.length, 2)
})

t.test('the route of a gateway that connects again stays until it is known not to', async (t) => {
  const { copy, sessions, sent, list } = make()
  copy.apply(whole())
  const [one, again] = [session({ rank: 1 }), session({ cid: 1, phase: 'authorized' })]
  const elsewhere = session({ instance: 1, phase: 'authorized' })
  const now = () => {
    list.changed(GATEWAY)
    list.flush()
  }
  sessions.add(one)
  list.ready()
  sessions.add(again)
  sessions.remove(one)
  now()
  t.same(sent, [[ON_TUN0]])
  sessions.remove(again)
  sessions.add(elsewhere)
  now()
  t.same(sent, [[ON_TUN0], []], 'it did not come, and what comes to another instance is not there yet')
  sessions.establish(elsewhere, new Date())
  now()
  t.same(sent.at(-1), [ON_TUN1])
  sessions.add(session({ instance: 1, cid: 1, phase: 'authorized', ending: 'the gateway is disabled' }))
  sessions.remove(elsewhere)
  now()
  t.same(sent.at(-1), [], 'one that is being ended keeps nothing')
})

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { endOthers, endSession, forgetSession, LEAVE_MS, recheck } from './end-session.ts'
import { FakeHost } from './testing/fake-host.ts'
import { access, delta, GATEWAY, OTHER, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

function make() {
  const host = new FakeHost()
  host.copy.apply(whole())
  const [one, two] = [session({ rank: 1 }), session({ instance: 1, rank: 2 })]
  host.sessions.add(one)
  host.sessions.add(two)
  return { host, one, two, link: host.place(0).link, other: host.place(1).link }
}

t.test('a session is told of its end, and cut off if it stays; its route goes at once', async (t) => {
  const { host, one, link } = make()
  endSession(host, one, 'the gateway is disabled')
  t.same(link.sent, ['client-kill 0'])
  t.same(host.routesChanged, [GATEWAY])
  endSession(host, one, 'again')
  await pause(LEAVE_MS * 2)
  t.same(link.sent, ['client-kill 0', `kill ${GATEWAY}`], 'once')
  forgetSession(host, one, 'it left')
  t.match(host.told('session-ended'), [{ reason: 'the gateway is disabled' }])
})

t.test('kill, which goes by name, hits nobody who may stay, and nobody who has left', async (t) => {
  const { host, one, link } = make()
  host.sessions.add(session({ cid: 1, phase: 'authorized' }))
  endSession(host, one, 'the certificate is revoked or replaced')
  await pause(LEAVE_MS * 2)
  t.same(link.sent, ['client-kill 0'])
  const { host: second, two, other } = make()
  endSession(second, two, 'the gateway is disabled')
  forgetSession(second, two, 'it left')
  await pause(LEAVE_MS * 2)
  t.same(other.sent, ['client-kill 0'])
})

t.test('the newest connection ends those on other instances', async (t) => {
  const { host, two, one, link, other } = make()
  endOthers(host, two)
  endOthers(host, two)
  t.same(link.sent, [`kill ${GATEWAY}`])
  t.same(other.sent, [])
  t.equal(one.ending, 'replaced by a newer connection')
})

t.test('what is known now decides who stays', async (t) => {
  const { host, one, two } = make()
  recheck(host, host.copy.apply(delta({ gateways: [access({ name: OTHER, number: 3 })] })))
  t.same([one.ending, two.ending], [undefined, undefined])
  recheck(host, host.copy.apply(delta({ gateways: [access({ userDisabled: true })] })))
  t.same([one.ending, two.ending], ['its user is disabled', 'its user is disabled'])
  const { host: second, one: third } = make()
  recheck(second, second.copy.apply(whole({ gateways: [] })))
  t.equal(third.ending, 'no such gateway')
})

t.test('without a connection a session waits for the next one', async (t) => {
  const { host, one } = make()
  host.links.clear()
  endSession(host, one, 'the gateway is disabled')
  t.equal(one.ending, 'the gateway is disabled')
})

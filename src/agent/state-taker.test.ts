import t from 'tap'
import { StateTaker } from './state-taker.ts'
import { FakeHost } from './testing/fake-host.ts'
import { delta, GATEWAY, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

t.test('an order that comes with its state finds the sessions, and is told when the routes are set', async (t) => {
  const host = new FakeHost()
  const place = host.place()
  let settled = 0
  const taker = new StateTaker({
    host,
    instances: () => [{ ...place, isGone: false }],
    routesSettled: async () => settled++,
  })
  taker.take(whole())
  const live = session()
  host.sessions.add(live)
  taker.take(delta({ removed: [GATEWAY], orders: [{ number: 3, kind: 'withdraw', gateways: [GATEWAY] }] }))
  t.equal(live.ending, 'the gateway was withdrawn')
  t.equal(host.copy.save()?.position.order, 0, 'not done yet')
  await taker.finished()
  t.equal(settled, 1)
  t.match(host.told('order-done'), [
    { feed: 'f1', order: 3, instances: [{ instance: 0, found: 1, ended: 1, left: 0 }], notAsked: [] },
  ])
  t.equal(host.copy.save()?.position.order, 3)
})

import t from 'tap'
import { createPresence } from './presence.ts'

t.test('a host is reachable while it waits, and for a while after it was heard', async (t) => {
  let now = 0
  const presence = createPresence(() => now)
  t.notOk(presence.isReachable('vpn1'))
  presence.seen('vpn1')
  now = 29_999
  t.ok(presence.isReachable('vpn1'))
  now = 30_000
  t.notOk(presence.isReachable('vpn1'))
  const ended = presence.waits('vpn1')
  now = 200_000
  t.ok(presence.isReachable('vpn1'))
  ended()
  now = 229_999
  t.ok(presence.isReachable('vpn1'))
  now = 230_000
  t.notOk(presence.isReachable('vpn1'))
  presence.seen('vpn1')
  presence.forget('vpn1')
  t.notOk(presence.isReachable('vpn1'))
})

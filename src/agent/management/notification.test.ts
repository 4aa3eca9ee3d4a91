import t from 'tap'
import { openClient } from './messages/client.ts'
import { OpenNotification } from './notification.ts'

function open(maxEnvBytes: number, maxEnvLines: number): OpenNotification {
  const opening = openClient('CONNECT,3,1')
  if (opening === undefined) throw new Error('no opening')
  return new OpenNotification('CLIENT', opening, { maxEnvBytes, maxEnvLines })
}

const lost = { source: 'CLIENT', kind: 'CONNECT', cid: 3, kid: 1 }

t.test('a whole environment makes an event', async (t) => {
  const one = open(10, 2)
  t.equal(one.add('a=345'), undefined)
  t.equal(one.add('b=345'), undefined)
  const event = one.complete()
  t.match(event, { type: 'CLIENT:CONNECT', cid: 3, kid: 1 })
})

t.test('one byte or one line too many loses it, once', async (t) => {
  for (const one of [open(9, 9), open(99, 1)]) {
    t.equal(one.add('a=345'), undefined)
    t.same(one.add('b=345'), { type: 'notification-lost', why: 'env-too-large', lost })
    t.equal(one.add('c=345'), undefined)
    t.equal(one.lose('cut'), undefined)
    t.equal(one.complete(), undefined)
  }
})

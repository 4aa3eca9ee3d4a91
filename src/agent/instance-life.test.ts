import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { forgetInstance, InstanceLife } from './instance-life.ts'
import { FakeHost, FakeLink } from './testing/fake-host.ts'
import { GATEWAY, SERIAL, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'

const GREETING = { version: 'fake', pid: 13942, connectedAt: 1795261180 }

function make() {
  const host = new FakeHost()
  host.copy.apply(whole())
  let adopted = 0
  const life = new InstanceLife(host, 0, () => adopted++)
  return { host, life, link: new FakeLink(), adopted: () => adopted }
}

t.test('the connection is there when the sessions are adopted', async (t) => {
  const { life, link, adopted } = make()
  life.begin(link, GREETING)
  t.equal(life.link, undefined)
  await turn()
  t.equal(life.link, link)
  t.equal(adopted(), 1)
  life.take({ type: 'CONNECTED', time: 1795261180 })
  await turn()
  t.same(link.sent, ['status'], 'the same life is adopted once')
})

t.test('what is told before it has said who it is counts', async (t) => {
  const { life, link } = make()
  life.take({ type: 'HOLD' })
  life.take({ type: 'CONNECTED', time: 1795261190 })
  life.begin(link, { ...GREETING, connectedAt: undefined })
  await turn()
  t.same(link.sent, ['release', 'status'])
  t.equal(life.generation, '13942.1795261190')
})

t.test('one that can’t be adopted is connected to anew', async (t) => {
  const { host, life, link, adopted } = make()
  link.fault = new Error('closed')
  life.begin(link, GREETING)
  await turn()
  t.equal(life.link, undefined)
  t.equal(adopted(), 0)
  t.match(host.log.said, ['the sessions could not be adopted'])
})

t.test('a fault in one notification is said, and the next one is taken', async (t) => {
  const { host, life, link } = make()
  life.begin(link, GREETING)
  await turn()
  const env = {
    get: () => {
      throw new Error('a bug')
    },
  }
  life.take({ type: 'CLIENT:CONNECT', cid: 0, kid: 1, env })
  const values = new Map([
    ['common_name', GATEWAY],
    ['tls_serial_hex_0', SERIAL.slice(0, 2)],
  ])
  life.take({ type: 'CLIENT:CONNECT', cid: 1, kid: 1, env: values })
  t.match(host.log.said, [/adopted/, 'a notification could not be taken', 'refused'])
})

t.test('sessions of one generation stay', async (t) => {
  const { host } = make()
  host.sessions.add(session({ cid: 0 }))
  host.sessions.add(session({ cid: 1, generation: 'other' }))
  forgetInstance(host, 0, 'the instance was started anew', 'other')
  t.same(
    host.sessions.ofInstance(0).map(({ cid }) => cid),
    [1],
  )
})

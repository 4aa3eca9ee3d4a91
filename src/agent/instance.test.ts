import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '../testing/short-folder.ts'
import type { Host } from './host.ts'
import { Instance } from './instance.ts'
import { managementLinker } from './management-link.ts'
import { FakeHost } from './testing/fake-host.ts'
import { FakeOpenvpn, notification } from './testing/fake-openvpn.ts'
import { GATEWAY, SERIAL, whole } from './testing/feed.ts'
import { session } from './testing/session.ts'
import { until } from './testing/until.ts'

const ADDRESS = '2001:470:c844:20f::1'
const KNOWN = { common_name: GATEWAY, tls_serial_hex_0: SERIAL.replaceAll(/..(?=.)/g, '$&:') }

async function make(t: Test, prepare?: (openvpn: FakeOpenvpn) => void) {
  const host = new FakeHost()
  host.copy.apply(whole())
  const openvpn = new FakeOpenvpn(join(shortFolder(t), 'management-0.sock'))
  prepare?.(openvpn)
  const instance = new Instance(host as Host, managementLinker, 0, openvpn.path)
  t.teardown(async () => {
    await instance.stop()
    await openvpn.stop()
  })
  return { host, openvpn, instance }
}

const isReady = (instance: Instance) => until('it is ready', () => instance.link !== undefined)

t.test('an instance is waited for, and its sessions are over until then', async (t) => {
  const { host, openvpn, instance } = await make(t)
  host.sessions.add(session())
  instance.start()
  await instance.settled
  t.match(host.told('session-ended'), [{ reason: 'the instance was stopped' }])
  t.match(host.log.said, ['session ended', /instance 0 can't be reached/], 'said once')
  await openvpn.start()
  await isReady(instance)
  t.match([instance.version, instance.generation], ['OpenVPN 2.6.14 fake', '13942.1795261180'])
})

t.test('a held instance is let go, and adopted when its port is open', async (t) => {
  const { openvpn, instance } = await make(t, (one) => {
    one.isHeld = true
  })
  await openvpn.start()
  openvpn.onCommand = (command) => {
    if (command !== 'hold release') return
    openvpn.isHeld = false
    openvpn.say('>STATE:1795261200,CONNECTED,SUCCESS,,,,,,\r\n')
  }
  instance.start()
  await isReady(instance)
  t.equal(instance.generation, '13942.1795261200')
  t.equal(openvpn.asked('hold').length, 1)
})

t.test('a connection that is lost, or half of it, is made again and loses no session', async (t) => {
  const { host, openvpn, instance } = await make(t)
  await openvpn.start()
  instance.start()
  await isReady(instance)
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('a session', () => host.told('session-started').length === 1)
  openvpn.clients = [{ cid: 0, name: GATEWAY, address: ADDRESS }]
  const before = openvpn.asked('version').length
  openvpn.say('>CLIENT:CONNECT,1,1\r\n>CLIENT:ENV,common_name=cut in the mid')
  openvpn.hangUp()
  await until('another connection', () => openvpn.asked('version').length > before && instance.link !== undefined)
  t.equal(host.told('session-ended').length, 0)
  t.match(host.sessions.find(0, 0), { serial: SERIAL, phase: 'established' })
  t.match(host.told('sessions-present').at(-1), { cids: [0] })
})

t.test('a session that ended and one that began meanwhile', async (t) => {
  const { host, openvpn, instance } = await make(t, (one) => {
    one.clients = [{ cid: 4, name: GATEWAY, address: ADDRESS }]
  })
  host.sessions.add(session({ cid: 1 }))
  await openvpn.start()
  instance.start()
  await isReady(instance)
  t.match(host.told('session-ended'), [{ cid: 1, reason: 'it ended while nobody looked' }])
  t.match(host.told('session-started'), [{ cid: 4, serial: null }])
})

t.test('client ids begin at 0 again on the same connection: another generation', async (t) => {
  const { host, openvpn, instance } = await make(t)
  await openvpn.start()
  instance.start()
  await isReady(instance)
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('a session', () => host.told('session-started').length === 1)
  // Without the DISCONNECT that a real one sends.
  openvpn.say('>HOLD:Waiting for hold release:0\r\n>STATE:1795261300,CONNECTED,SUCCESS,,,,,,\r\n')
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('the next', () => host.told('session-started').length === 2)
  t.match(host.told('session-ended'), [{ generation: '13942.1795261180', reason: 'the instance was started anew' }])
  t.match(host.told('session-started')[1], { generation: '13942.1795261300', cid: 0 })
  t.equal(openvpn.asked('client-auth').length, 2)
  t.equal(openvpn.asked('client-kill').length, 0)
})

t.test('who asks while the sessions are adopted gets an answer, and is not sent back', async (t) => {
  const { host, openvpn, instance } = await make(t, (one) => {
    one.clients = [
      { cid: 6, name: GATEWAY },
      { cid: 7, name: GATEWAY },
    ]
  })
  openvpn.onCommand = (command) => {
    if (command === 'version') openvpn.say(notification('CONNECT,7,1', KNOWN))
  }
  await openvpn.start()
  instance.start()
  await until('an answer', () => openvpn.asked('client-auth').length === 1)
  t.match(openvpn.asked('client-auth'), [/^client-auth 7 1\n/])
  t.same(openvpn.asked('client-kill'), ['client-kill 6'])
  t.equal(host.sessions.find(0, 7)?.phase, 'authorized')
})

t.test('another life of the process has none of the sessions of the former', async (t) => {
  const { host, openvpn, instance } = await make(t)
  await openvpn.start()
  instance.start()
  await isReady(instance)
  openvpn.say(notification('CONNECT,0,1', KNOWN) + notification('ESTABLISHED,0', KNOWN))
  await until('a session', () => host.told('session-started').length === 1)
  await openvpn.stop()
  await until('its end', () => host.told('session-ended').length === 1)
  openvpn.pid = 20000
  await openvpn.start()
  await isReady(instance)
  t.equal(instance.generation, '20000.1795261180')
  t.match(host.told('session-ended'), [{ reason: 'the instance was stopped' }])
})

t.test('an instance that another program holds is waited for', async (t) => {
  const { openvpn, instance } = await make(t)
  t.equal(instance.link, undefined)
  const said: string[] = []
  const host = new FakeHost()
  let attempts = 0
  const busy = new Instance(
    host as Host,
    {
      open: async () => {
        attempts++
        throw new Error('no greeting')
      },
      fault: (error) => ({ kind: 'busy', words: String(error) }),
    },
    0,
    openvpn.path,
  )
  host.sessions.add(session())
  busy.start()
  await until('three attempts', () => attempts >= 3)
  await busy.stop()
  t.same(host.told('session-ended'), [], 'its sessions are there for all we know')
  t.equal(host.log.said.length, 1, said.join())
})

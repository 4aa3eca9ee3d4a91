import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '../testing/short-folder.ts'
import type { LinkEvent } from './link.ts'
import { linkEventOf, managementLinker } from './management-link.ts'
import { FakeOpenvpn, notification } from './testing/fake-openvpn.ts'
import { until } from './testing/until.ts'

async function make(t: Test) {
  const openvpn = new FakeOpenvpn(join(shortFolder(t), 'management-0.sock'))
  await openvpn.start()
  const events: LinkEvent[] = []
  const link = await managementLinker.open(openvpn.path, (event) => events.push(event), new AbortController().signal)
  t.teardown(async () => {
    await link.close()
    await openvpn.stop()
  })
  return { openvpn, link, events }
}

t.test('an instance says who it is, and is asked to tell what happens', async (t) => {
  const { openvpn, link } = await make(t)
  const greeting = await link.greet()
  t.same(greeting, { version: 'OpenVPN 2.6.14 fake', pid: 13942, connectedAt: 1795261180 })
  t.same(openvpn.commands, ['version', 'pid', 'state on 1', 'bytecount 10'])
  openvpn.isHeld = true
  t.equal((await link.greet()).connectedAt, undefined, 'while it is held its port is not open')
})

t.test('every command in OpenVPN’s words', async (t) => {
  const { openvpn, link } = await make(t)
  openvpn.clients = [
    { cid: 3, name: 'a.example.org', address: '2001:db8::1' },
    { cid: 4, name: 'b.example.org' },
  ]
  await Promise.all([
    link.release(),
    link.clientAuth({ cid: 1, kid: 1 }, ['iroute-ipv6 2001:db8::/60']),
    link.clientAuthNt({ cid: 1, kid: 2 }),
    link.clientDeny({ cid: 1, kid: 1 }, 'no such "gateway"', 'TEMP[backoff 3]:wait'),
    link.clientKill(1),
    link.kill('a.example.org'),
  ])
  t.same(openvpn.commands, [
    'hold release',
    'client-auth 1 1\niroute-ipv6 2001:db8::/60\nEND',
    'client-auth-nt 1 2',
    'client-deny 1 1 "no such \\"gateway\\"" "TEMP[backoff 3]:wait"',
    'client-kill 1',
    'kill "a.example.org"',
  ])
  t.match(await link.status(), [
    { cid: 3, commonName: 'a.example.org', virtualIpv6Address: '2001:db8::1', pending: false },
    { cid: 4, pending: true },
  ])
})

t.test('what a command must not say is refused before it is sent', async (t) => {
  const { openvpn, link } = await make(t)
  await t.rejects(link.kill('a\nb'), { code: 'bad-command' })
  await t.rejects(link.clientAuth({ cid: 1, kid: 1 }, ['verb 9\nEND\nkill x']), { code: 'bad-command' })
  t.same(openvpn.commands, [])
})

t.test('what an instance tells', async (t) => {
  const { openvpn, events } = await make(t)
  openvpn.say(notification('CONNECT,0,1', { common_name: 'a.example.org', IV_X: 'a=b=c' }))
  openvpn.say('>BYTECOUNT_CLI:0,10,20\r\n>HOLD:Waiting for hold release:0\r\n>STATE:1795261190,WAIT,,,,,,,\r\n')
  openvpn.say('>STATE:1795261191,CONNECTED,SUCCESS,,,,,,\r\n>LOG:1,I,words\r\n')
  openvpn.say(`>CLIENT:CONNECT,1,1\r\n>CLIENT:ENV,IV_VER=${'x'.repeat(100_000)}\r\n>CLIENT:ENV,END\r\n`)
  await until('all of it', () => events.length === 5)
  const [connect] = events
  t.match(
    events.map(({ type }) => type),
    ['CLIENT:CONNECT', 'BYTECOUNT_CLI', 'HOLD', 'CONNECTED', 'LOST'],
  )
  t.equal(connect?.type === 'CLIENT:CONNECT' && connect.env.get('IV_X'), 'a=b=c')
  t.match(events[3], { time: 1795261191 })
  t.match(events[4], { cid: 1, kid: 1 })
})

t.test('what is of no use is left away', async (t) => {
  t.equal(linkEventOf({ type: 'FATAL', text: 'x' }), undefined)
  const lost = { source: 'CLIENT', kind: 'ESTABLISHED', cid: 1, kid: undefined }
  t.equal(linkEventOf({ type: 'notification-lost', why: 'cut', lost }), undefined)
})

t.test('an instance that is gone is told from one that is busy', async (t) => {
  const { openvpn } = await make(t)
  const open = (path: string) => managementLinker.open(path, () => undefined, new AbortController().signal)
  const gone = await open(`${openvpn.path}x`).catch((error: unknown) => managementLinker.fault(error))
  t.match(gone, { kind: 'gone' })
  t.match(managementLinker.fault(new Error('EACCES')), { kind: 'busy', words: 'EACCES' })
})

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { shortFolder } from '../../testing/short-folder.ts'
import * as commands from '../management/commands.ts'
import { openManagementSession } from '../management/session.ts'
import { managementLinkerWith } from '../management-link.ts'
import { FakeOpenvpn, notification } from '../testing/fake-openvpn.ts'
import { RawClient } from '../testing/raw-client.ts'
import { MAX_CLIENTS, SharedSocket } from './shared-socket.ts'

async function make(t: Test, isKillAllowed = false) {
  const folder = shortFolder(t)
  const said: object[] = []
  const say = (fields: object) => said.push(fields)
  const log = { debug: say, info: say, warn: say, error: say }
  const path = join(folder, 'shared-0.sock')
  const shared = new SharedSocket({ path, instance: 0, policy: { isKillAllowed }, log })
  shared.start()
  const openvpn = new FakeOpenvpn(join(folder, 'management-0.sock'))
  t.teardown(async () => {
    await shared.stop()
    await openvpn.stop()
  })
  const linker = managementLinkerWith(() => shared)
  const link = async () => {
    await openvpn.start()
    return linker.open(openvpn.path, () => undefined, new AbortController().signal)
  }
  const client = async () => {
    const raw = new RawClient(path)
    t.teardown(() => raw.socket.destroy())
    await raw.waitFor(/^>INFO:OpenVPN Management Interface Version 5.*\r\n/)
    return raw
  }
  await pause(20)
  return { path, shared, openvpn, link, client, said }
}

t.test('it is its owner’s and the group’s, and greets before OpenVPN is there', async (t) => {
  const { path, client, link, openvpn } = await make(t)
  t.equal(statSync(path).mode & 0o777, 0o660)
  const raw = await client()
  t.equal(await raw.ask('status 3'), 'ERROR: OpenVPN is not connected\r\n')
  await link()
  t.match(await raw.ask('status 3'), /^TITLE\tOpenVPN.*\r\nEND\r\n$/s)
  await openvpn.stop()
  await pause(20)
  t.equal(await raw.ask('pid'), 'ERROR: OpenVPN is not connected\r\n')
  openvpn.pid = 77
  await link()
  t.equal(await raw.ask('pid'), 'SUCCESS: pid=77\r\n', 'clients stay over a restart')
})

t.test('our own management library finds no difference', async (t) => {
  const { path, link } = await make(t)
  await link()
  const session = await openManagementSession({ path, greetingMs: 1000, onEvent: () => undefined, depth: 10 })
  const [version, pid, status] = await Promise.all([
    session.send(commands.version()),
    session.send(commands.pid()),
    session.send(commands.status(3)),
    session.send(commands.realTimeStateAndHistory('all')),
    session.send(commands.announceVersion(3)),
    session.send(commands.bytecount(5)),
    session.send(commands.test(5)),
  ])
  t.match([version.openvpn, pid, status.kind], ['OpenVPN 2.6.14 fake', 13942, 'server'])
  await session.send(commands.quit())
  await session.closed
})

t.test('messages are told by what was asked for, a password never', async (t) => {
  const { link, client, openvpn } = await make(t)
  await link()
  const [one, two] = await Promise.all([client(), client()])
  await one.ask('state on all', /END\r\n/)
  await one.ask('bytecount 1')
  await two.ask('log on')
  await pause(400)
  openvpn.say('>STATE:1,CONNECTED,,,,,,,\r\n>LOG:1,I,x\r\n>BYTECOUNT_CLI:0,1,2\r\n>PASSWORD:Auth-Token:y\r\n')
  openvpn.say(notification('CONNECT,0,1', { username: 'ada', password: 'hunter2' }))
  await Promise.all([one, two].map((raw) => raw.waitFor(/>CLIENT:ENV,END\r\n/)))
  t.match(one.output, />STATE:1,CONNECTED.*>BYTECOUNT_CLI:0,1,2\r\n.*>CLIENT:CONNECT,0,1\r\n>CLIENT:ENV,username=ada/s)
  t.match(two.output, />LOG:1,I,x\r\n>CLIENT:CONNECT/)
  t.notMatch(two.output, /STATE|BYTECOUNT/)
  t.notMatch(one.output, />LOG/)
  t.notMatch(one.output + two.output, /hunter2|PASSWORD|password=/)
})

t.test('OpenVPN tells of its log while somebody wants it, also after a restart', async (t) => {
  const { link, client, openvpn } = await make(t)
  await link()
  const [one, two] = await Promise.all([client(), client()])
  await one.ask('log on')
  await two.ask('log on')
  await one.ask('log off')
  t.same(openvpn.asked('log'), ['log on', 'log on'])
  await openvpn.stop()
  await link()
  await pause(50)
  t.same(openvpn.asked('log'), ['log on', 'log on', 'log on'])
  two.socket.destroy()
  await pause(50)
  t.equal(openvpn.asked('log').at(-1), 'log off')
})

t.test('sessions are ended only where that is set', async (t) => {
  const strict = await make(t)
  await strict.link()
  t.match(await (await strict.client()).ask('kill gwa'), /^ERROR: .*VPNUNIT_SHARED_KILL/)
  t.same(strict.openvpn.asked('kill'), [])
  const free = await make(t, true)
  await free.link()
  t.match(await (await free.client()).ask('kill gwa'), /^SUCCESS/)
  t.same(free.openvpn.asked('kill'), ['kill "gwa"'])
  t.match(free.said, [{ command: 'kill "gwa"' }])
})

t.test('one client too many is told so, and a place that is left is free', async (t) => {
  const { path, client } = await make(t)
  const clients = await Promise.all(Array.from({ length: MAX_CLIENTS }, client))
  const more = new RawClient(path)
  await more.waitFor(/ERROR: 16 clients are connected already\r\n/)
  clients[0]?.send('quit')
  await clients[1]?.waitFor(/INFO/)
  await pause(50)
  t.ok(clients[0]?.isEnded)
  await client()
})

t.test('where it can’t be made, that is said', async (t) => {
  const said: object[] = []
  const say = (fields: object) => said.push(fields)
  const log = { debug: say, info: say, warn: say, error: say }
  const path = join(shortFolder(t), 'none', 's')
  const shared = new SharedSocket({ path, instance: 3, policy: { isKillAllowed: false }, log })
  shared.start()
  await pause(50)
  await shared.stop()
  t.match(said, [{ instance: 3, reason: /ENOENT|EACCES/ }])
})

import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as commands from '../agent/management/commands.ts'
import type { ManagementEvent } from '../agent/management/events.ts'
import { openManagementSession } from '../agent/management/session.ts'
import { RawClient } from '../agent/testing/raw-client.ts'
import { parseFqdn } from '../domain/names.ts'
import { ManagedHost } from './lab/managed-host.ts'
import { waitUntilUp } from './lab/openvpn.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'
import { until } from './lab/until.ts'
import { Poller } from './management/poller.ts'

const skip = reasonToSkip('openvpn') ?? false

t.setTimeout(180_000)

const A = parseFqdn('a.ada.example.org')
/** A session that ends without a word is noticed in seconds, where the server's own words would make it a minute. */
const IMPATIENT = 'pull-filter ignore "ping"\nping 1\nping-restart 5'

const PASSWORD = 'correct horse battery'

/** Instances, an agent that sees to them, and a gateway that could connect. */
async function make(owner: Owner, more: Record<string, string> = {}) {
  const vpn = await ManagedHost.make(owner, more)
  const a = await vpn.addGateway(A, 'ada')
  const { agent, servers } = vpn
  const site = await vpn.topology.addSite(4, a.prefix)
  const path = join(vpn.service.data, 'run/shared-0.sock')
  const raw = async () => {
    const client = new RawClient(path)
    owner.teardown(async () => {
      client.socket.destroy()
    })
    await client.waitFor(/^>INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n/)
    return client
  }
  return { vpn, servers, agent, site, path, raw }
}

t.test('two tools at once are told what OpenVPN says, and no password', { skip }, async (t) => {
  const { vpn, site, path, raw } = await make(t)
  t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(statSync(path).gid, statSync(join(vpn.service.data, 'run')).gid)
  const one = await raw()
  const events: ManagementEvent[] = []
  const two = await openManagementSession({ path, greetingMs: 2000, depth: 20, onEvent: (event) => events.push(event) })
  t.teardown(() => two.close())
  await one.ask('log on all', /\r\nEND\r\n/)
  await two.send(commands.realTimeState(true))
  await two.send(commands.bytecount(1))
  const auth = join(vpn.folder, 'auth')
  writeFileSync(auth, `ada\n${PASSWORD}\n`, { mode: 0o600 })
  await vpn.connect(site.gateway, await vpn.profile(A, 0, `auth-user-pass ${auth}`))
  await ping(vpn.topology.outside, site.hostAddress)
  await until('notifications', 15_000, () => {
    const types = new Set(events.map(({ type }) => type))
    return ['CLIENT:CONNECT', 'CLIENT:ESTABLISHED', 'CLIENT:ADDRESS', 'BYTECOUNT_CLI'].every((type) =>
      types.has(type as never),
    )
  })
  const connect = events.find((event) => event.type === 'CLIENT:CONNECT')
  t.equal(connect?.type === 'CLIENT:CONNECT' && connect.env.get('username'), 'ada')
  t.equal(connect?.type === 'CLIENT:CONNECT' && connect.env.password, undefined)
  await one.waitFor(/>CLIENT:ESTABLISHED,0\r\n/)
  t.match(one.output, />LOG:/)
  t.notMatch(one.output, PASSWORD)

  const [version, pid, stats, first, second, third, state, log, hold, verb, help] = await Promise.all([
    two.send(commands.version()),
    two.send(commands.pid()),
    two.send(commands.loadStats()),
    two.send(commands.status(1)),
    two.send(commands.status(2)),
    two.send(commands.status(3)),
    two.send(commands.state()),
    two.send(commands.realTimeLogAndHistory('all')),
    two.send(commands.hold()),
    two.send(commands.verb()),
    two.send(commands.help()),
  ])
  t.match(version.openvpn, /^OpenVPN 2/)
  t.ok(pid > 1 && stats.clients === 1 && log.length > 10 && hold && verb === 3 && help.length > 30)
  t.equal(state.state, 'CONNECTED')
  t.match(first, { kind: 'server', clients: [{ commonName: A }] })
  for (const status of [second, third]) t.match(status, { kind: 'server', clients: [{ commonName: A, cid: 0 }] })
  t.match(await one.ask('status 3'), /^TITLE\tOpenVPN.*\r\nCLIENT_LIST\ta\.ada.*\r\nEND\r\n/ms)
})

t.test('openvpn-monitor’s exchange, while clients come and go', { skip }, async (t) => {
  const { vpn, site, path } = await make(t)
  await vpn.connect(site.gateway, await vpn.profile(A))
  for (let round = 0; round < 5; round += 1) {
    const monitor = await Poller.connect(path)
    const version = await monitor.command('version')
    t.match(version, /^OpenVPN Version: OpenVPN 2\.6\.\d+ .*\r\nManagement Version: 5\r\nEND\r\n$/m)
    const [since, connected, success] = (await monitor.command('state')).split(',')
    t.match([since, connected, success], [/^\d{10}$/, 'CONNECTED', 'SUCCESS'])
    t.match(await monitor.command('load-stats'), /^SUCCESS: nclients=1,bytesin=\d+,bytesout=\d+\r\n$/)
    const status = await monitor.command('status 3')
    const row = status.split('\r\n').find((line) => line.startsWith('CLIENT_LIST\t'))
    t.match(row?.split('\t'), { 1: A, 4: '2001:470:c844:20f::1', length: 13 })
    t.match(status, /\r\nHEADER\tROUTING_TABLE\t.*\r\nROUTING_TABLE\t2001:.*\r\nEND\r\n$/s)
    t.equal(await monitor.command('quit'), '')
    monitor.close()
  }
})

t.test('what is answered here is what OpenVPN itself would answer', { skip }, async (t) => {
  const { vpn, servers, agent, raw } = await make(t)
  const lines = [
    ...['status 4', 'status x', 'log', 'log off', 'log 0', 'log foo', 'state 0', 'state on 1', 'state off all', 'echo'],
    ...[
      'echo on all',
      'bytecount',
      'bytecount 5',
      'bytecount x',
      'verb',
      'mute',
      'net',
      'env-filter',
      'test',
      'test 2',
    ],
    ...['pid 3', 'load-stats x', 'version', 'blah x', '"unclosed', "'st'ate", 'help x', 'hold', '# x', 'state 2'],
  ]
  const ask = async (client: RawClient) => {
    await client.waitFor(/>INFO/)
    const from = client.output.length
    for (const line of lines) client.send(line)
    client.send('test 1')
    await client.waitFor(/\[0\] The purpose.*\r\n.*\[1\] The purpose.*\r\n.*\[0\] The purpose.*\r\n/s, from)
    return client.output.slice(from).replace(/^Updated,.*$/m, '')
  }
  const shared = await ask(await raw())
  await agent.kill()
  const real = new RawClient(join(vpn.service.data, 'run/management-0.sock'))
  t.teardown(() => real.socket.destroy())
  t.equal(shared, await ask(real))
  t.equal(servers[0]?.ending, undefined)
})

t.test(
  'without the setting nothing is changed, and clients stay while OpenVPN is started anew',
  { skip },
  async (t) => {
    const strict = await make(t)
    const client = await strict.vpn.connect(strict.site.gateway, await strict.vpn.profile(A, 0, IMPATIENT))
    const refused = await strict.raw()
    for (const line of [`kill ${A}`, 'client-kill 0']) {
      t.match(await refused.ask(line), /^ERROR: command '.*kill' .* VPNUNIT_SHARED_KILL is yes\r\n/m)
    }
    for (const line of [
      'signal SIGTERM',
      'hold release',
      'verb 9',
      'client-deny 0 0 x',
      'forget-passwords',
      'hold off',
    ]) {
      t.match(await refused.ask(line), /^ERROR: command '.*' is not offered on a shared socket\r\n/m, line)
    }
    await ping(strict.vpn.topology.outside, strict.site.hostAddress)
    t.match(await refused.ask('status 3'), /CLIENT_LIST\ta\.ada/)

    await refused.ask('state on')
    const from = client.output.length
    const told = refused.output.length
    strict.servers[0]?.signal('SIGUSR1')
    await refused.waitFor(/>STATE:\d+,CONNECTED/, told)
    await waitUntilUp(client, from)
    t.match(await refused.ask('load-stats'), 'SUCCESS: nclients=1')
    await strict.servers[0]?.kill()
    await until('the agent has seen it', 5000, async () =>
      (await refused.ask('pid')).includes('ERROR: OpenVPN is not conn'),
    )
    const again = client.output.length
    strict.vpn.startInstance(0)
    await waitUntilUp(client, again)
    await refused.waitFor(/>STATE:\d+,CONNECTED/, refused.output.indexOf('not connected'))
    t.match(await refused.ask('pid'), /^SUCCESS: pid=/m, 'it is still connected')
  },
)

/** How many sessions of the history are over. */
const ended = (history: readonly { until: string | null }[]) => history.filter(({ until: end }) => end !== null).length

t.test('with the setting a session can be ended, and the agent knows', { skip }, async (t) => {
  const { vpn, site, raw } = await make(t, { VPNUNIT_SHARED_KILL: 'yes' })
  const client = await vpn.connect(site.gateway, await vpn.profile(A, 0, IMPATIENT))
  await vpn.sessionsAre('one', (all) => all.length === 1)
  const tool = await raw()
  t.match(await tool.ask('kill nobody.example.org'), "ERROR: common name 'nobody.example.org' not found\r\n")
  t.match(await tool.ask(`kill ${A}`), `SUCCESS: common name '${A}' found, 1 client(s) killed\r\n`)
  await until('it has ended', 5000, async () => ended(await vpn.history()) === 1)
  await waitUntilUp(client, client.output.length)
  const [, cid] = /^CLIENT_LIST\t(?:[^\t]*\t){9}(\d+)\t/m.exec(await tool.ask('status 3')) ?? []
  t.match(await tool.ask(`client-kill ${cid}`), 'SUCCESS: client-kill command succeeded\r\n')
  // OpenVPN leaves a client that it tells five seconds to go.
  await until('that too', 15_000, async () => ended(await vpn.history()) === 2)
})

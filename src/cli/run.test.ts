import t from 'tap'
import { ConfigError } from '../config.ts'
import { COMMANDS, explainWords, isCommand } from './run.ts'
import { callerOf, openFakeService, openTestCli, socketPath } from './testing/cli.ts'

t.test('every command that the program promises is there', async (t) => {
  const verbs = ['add', 'list', 'show', 'remove', 'disable', 'enable']
  const wanted = [
    ...verbs.map((verb) => `user ${verb}`),
    ...[...verbs, 'config', 'renew', 'lan', 'certificates', 'disconnect', 'traffic'].map((verb) => `gateway ${verb}`),
    ...[...verbs.slice(0, 4), 'members', 'add-member', 'remove-member', 'rules'].map((verb) => `group ${verb}`),
    'group rule add',
    'group rule remove',
    'gateway rules',
    ...['show', 'apply', 'test', 'edit', 'explain', 'default', 'import-dynvpn'].map((verb) => `policy ${verb}`),
    ...['connect', 'disconnect'].map((event) => `firewall ${event}`),
    'sessions',
    'watch',
    ...['list', 'show', 'remove'].map((verb) => `host ${verb}`),
    ...['add', 'list', 'remove'].map((verb) => `token ${verb}`),
    'audit',
    'status',
  ]
  t.same(
    COMMANDS.map(({ words }) => words.join(' ')),
    wanted,
  )
  t.ok(isCommand('gateway'))
  t.notOk(isCommand('constructor'))
})

t.test('0: done, 1: refused', async (t) => {
  const { call } = await openTestCli(t)
  t.match(await call('user list'), { exit: 0, err: '' })
  t.match(await call('user show ada'), { exit: 1, out: '', err: 'There is no user "ada".' })
})

t.test('2: wrong usage, which is said before the service is asked', async (t) => {
  const call = callerOf('unix:/nowhere')
  t.match(await call('user'), { exit: 2, out: '', err: /^user what\? There are\n {2}user add <name> / })
  t.match(await call('user ad'), { exit: 2, err: /^there is no "user ad"\. There are\n/ })
  t.match(await call('user --json'), { exit: 2, err: 'user what?' })
  t.match(await call('usr list'), { exit: 2, err: 'there is no "usr"; see vpnunit help\n' })
  t.match(await call('user show'), { exit: 2, err: 'user show takes <name>' })
  t.match(await call('status --jsno'), { exit: 2, err: "unknown option '--jsno'; see vpnunit status --help" })
})

t.test('3: the service can’t be reached', async (t) => {
  const path = socketPath(t)
  t.match(await callerOf(`unix:${path}`)('status'), { exit: 3, out: '', err: `there is no ${path}: is the service` })
  const { call } = await openFakeService(t, (_, response) => response.end('<html>'))
  t.match(await call('status'), { exit: 3, out: '', err: 'is not vpnunit' })
})

t.test('wrong settings are thrown on, to be said as everywhere', async (t) => {
  const call = callerOf('unix:/nowhere', { env: { VPNUNIT_PROT: '1', VPNUNIT_PORT: 'x' } })
  await t.rejects(call('user list'), { constructor: ConfigError, message: /VPNUNIT_PROT[^\n]*\n {2}VPNUNIT_PORT/ })
  t.match(await call('user list --help'), { exit: 0 }, 'help needs no settings')
  t.match(await call('user'), { exit: 2 })
})

t.test('a command and a group explain themselves', async (t) => {
  const call = callerOf('unix:/nowhere')
  for (const { words } of COMMANDS) {
    const name = words.join(' ')
    t.match(await call(`${name} --help`), { exit: 0, err: '', out: `usage: vpnunit ${name}` })
    t.equal((await call(`${name} -h`)).out, explainWords(words))
  }
  for (const line of ['user --help', 'user -h'])
    t.same(await call(line), { exit: 0, err: '', bar: '', out: explainWords(['user']) })
  t.match(explainWords(['gateway']), 'gateway lan <fqdn> ')
  t.throws(() => explainWords(['gatewy']), { name: 'WrongUsage', message: 'there is no "gatewy"' })
  t.throws(() => explainWords(['gateway', 'ad']), {
    name: 'WrongUsage',
    message: 'there is no "gateway ad". There are',
  })
})

t.test('a bug is not taken for a refusal', async (t) => {
  const { call } = await openFakeService(t, (_, response) => response.end('{"not":"a list"}'))
  await t.rejects(call('user list'), TypeError)
})

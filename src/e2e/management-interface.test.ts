import t from 'tap'
import { Command, SUCCESS } from '../agent/management/command.ts'
import * as commands from '../agent/management/commands.ts'
import { ManagementError } from '../agent/management/management-error.ts'
import { MAX_LINE_BYTES, MAX_OPTION_BYTES, MAX_WORD_BYTES } from '../agent/management/quote.ts'
import { type ManagementSession, openManagementSession } from '../agent/management/session.ts'
import { COMMANDS } from '../agent/management/testing/catalogue.ts'
import { Secret } from '../domain/secret.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { CLIENT_AUTH, ManagementLab } from './management/lab.ts'

const skip = reasonToSkip('openvpn', 'openssl', 'sysctl') ?? false
const lab = skip === false ? await ManagementLab.make(t) : undefined
const NOBODY = { cid: 99, kid: 1 }
const onEvent = () => undefined

function theLab(): ManagementLab {
  if (lab === undefined) throw new Error(`skipped: ${skip}`)
  return lab
}

t.test('a server answers whatever it is asked, in the shape that is read', { skip }, async (t) => {
  const { session, process, said } = await theLab().startServer(t)
  t.match(await session.greeted, /^OpenVPN Management Interface Version \d/)
  const version = await session.send(commands.version())
  t.match(version, { openvpn: /^OpenVPN 2\./, management: Number })
  const verbs = (await session.send(commands.help())).flatMap(
    (line) => /^([a-z|\d-]+) .*: /.exec(line)?.[1]?.split('|') ?? [],
  )
  t.ok(verbs.length > 35)
  t.same(
    [...new Set(verbs)].filter((verb) => !(verb in COMMANDS)),
    [],
    'it has no command that we have not',
  )
  t.equal(await session.send(commands.pid()), process.pid)
  t.match(await session.send(commands.state()), { state: 'CONNECTED', localIpv6: 'fd00::1' })
  t.match(await session.send(commands.stateHistory(1)), [{ state: 'CONNECTED' }])
  t.match(await session.send(commands.realTimeStateAndHistory('all')), [{ state: 'CONNECTING' }, {}, {}])
  t.same(await session.send(commands.realTimeEchoAndHistory('all')), [])
  await session.send(commands.realTimeEcho(false))
  t.match(await session.send(commands.logHistory(2)), [{ message: String }, { flags: 'D', message: /log 2/ }])
  t.match(await session.send(commands.realTimeLogAndHistory(1)), { length: 1 })
  t.equal(await session.send(commands.verb()), 3)
  t.match(await said.next('LOG'), { record: { flags: 'D', message: "MANAGEMENT: CMD 'verb'" } })
  await session.send(commands.realTimeLog(false))
  await session.send(commands.setVerb(4))
  t.equal(await session.send(commands.verb()), 4)
  await session.send(commands.setMute(7))
  t.equal(await session.send(commands.mute()), 7)
  await session.send(commands.setHold('on'))
  t.equal(await session.send(commands.hold()), true)
  t.equal(await session.send(commands.envFilter(2)), 2)
  t.match(await session.send(commands.loadStats()), { clients: 0, bytesIn: 0, bytesOut: 0 })
  t.match(await session.send(commands.test(500)), { length: 500 })
  t.equal(await session.send(commands.pkcs11IdCount()), 0)
  t.equal(await session.send(commands.pkcs11IdGet(0)), undefined)
  await session.send(commands.announceVersion(5))
  t.equal(await session.send(commands.pid()), process.pid, 'what is answered by silence leaves the order as it was')
  t.same(said.all('stray-line'), [])
})

async function refusalOf(session: ManagementSession, command: Command<unknown>): Promise<string> {
  const error = await session.send(command).catch((error: unknown) => error)
  return error instanceof ManagementError ? (error.text ?? '') : ''
}

/** What a server refuses, by why. */
const REFUSED = {
  refused: [
    commands.clientAuth(NOBODY, ['push "x"']),
    commands.clientAuthNt(NOBODY),
    commands.clientDeny(NOBODY, 'why', ''),
    commands.clientKill(99),
    commands.clientPendingAuth(NOBODY, 'CR_TEXT::x', 9),
    commands.killCommonName('no "body" \\ here'),
    commands.killAddress('192.0.2.1', 1),
    new Command<void>('auth-retry', ['auth-retry bogus'], SUCCESS),
  ],
  'not-available': [
    commands.crResponse(new Secret('x')),
    commands.net(),
    commands.needOk('x', 'ok'),
    commands.needStr('x', 'y'),
    commands.password('Auth', new Secret('x')),
    commands.username('Auth', 'x'),
    commands.pkSig(Buffer.alloc(300).toString('base64')),
    commands.rsaSig(Buffer.alloc(8).toString('base64')),
    commands.certificate(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`),
    commands.proxy({ type: 'HTTP', host: 'a b', port: 1, onlyHashedAuth: true }),
    commands.remote({ action: 'SKIP', count: 2 }),
    commands.remoteEntryCount(),
    commands.remoteEntryGet('all'),
  ],
  removed: [
    commands.clientPf(1, ['[CLIENTS ACCEPT]', '-a', '[END]']),
    new Command<void>('nosuch', ['nosuch'], SUCCESS),
  ],
}

t.test('what it refuses is an error that says why, and the answers after it are in order', { skip }, async (t) => {
  const { session, process, said } = await theLab().startServer(t)
  for (const [code, refused] of Object.entries(REFUSED)) {
    for (const command of refused) {
      await t.rejects(session.send(command as Command<unknown>), { code, verb: command.verb, text: String })
      t.equal(await session.send(commands.pid()), process.pid)
    }
  }
  t.same(said.all('stray-line'), [])
})

t.test('commands that are written together are answered in order', { skip }, async (t) => {
  const { session, process } = await theLab().startServer(t, CLIENT_AUTH, { depth: 500 })
  const start = performance.now()
  const sent = Array.from({ length: 5000 }, (_, index) =>
    index % 2 === 0
      ? session.send(commands.pid())
      : session.send(commands.clientAuth(NOBODY, ['iroute-ipv6 fd02::/64'])),
  )
  const answers = await Promise.allSettled(sent)
  t.comment(`${Math.round(5000 / ((performance.now() - start) / 1000))} commands a second`)
  t.ok(answers.every((one, at) => (at % 2 === 0 ? 'value' in one && one.value === process.pid : 'reason' in one)))
})

t.test('lines and words are as long as they may be, and not longer', { skip }, async (t) => {
  const { session, process } = await theLab().startServer(t, CLIENT_AUTH, { depth: 50 })
  const raw = (length: number) => new Command<void>('kill', [`kill ${'a'.repeat(length - 'kill '.length)}`], SUCCESS)
  const words = (length: number) => new Command<void>('kill', [`kill ${'"a" '.repeat((length - 8) / 4)}abc`], SUCCESS)
  t.throws(() => raw(MAX_LINE_BYTES + 1), { code: 'bad-command' })
  const [whole, ...others] = await Promise.allSettled([session.send(words(1020)), session.send(commands.pid())])
  t.match(whole, { reason: { code: 'refused' } }, 'a line of four reads, with a command behind it in the queue')
  t.match(others, [{ value: process.pid }])
  t.match(await refusalOf(session, raw('kill '.length + MAX_WORD_BYTES)), /^error parsing/)
  t.match(await refusalOf(session, raw('kill '.length + MAX_WORD_BYTES + 1)), /Parameter/)
})

t.test('OpenVPN takes what is too much of an option line for a line of its own', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const client = await theLab().startClient(t, server.remote)
  await client.session.send(commands.setHold('release'))
  const asked = await server.said.next('CLIENT:CONNECT')
  const comment = '#'.repeat(MAX_OPTION_BYTES)
  t.throws(() => commands.clientAuth(asked, [`${comment}x`]), { code: 'bad-command' })
  const block = [`client-auth ${asked.cid} ${asked.kid}`, comment, `${comment}xxiroute-ipv6 fd03::/64`, 'END']
  await server.session.send(new Command<void>('client-auth', block, SUCCESS))
  await server.said.next('CLIENT:ESTABLISHED')
  t.match(server.said.all('CLIENT:ADDRESS'), [{ address: 'fd03::/64' }])
})

t.test('one at a time may have the interface, and its password is asked for', { skip }, async (t) => {
  theLab().write('interface-password', 'a "good" one\n')
  const password = new Secret('a "good" one')
  const { session, path, process } = await theLab().startServer(t, CLIENT_AUTH, { password })
  const busy = openManagementSession({ path, password, greetingMs: 200, onEvent })
  await t.rejects(busy, { code: 'busy' })
  await session.send(commands.exit())
  t.equal(await session.closed, undefined)
  await t.rejects(openManagementSession({ path, greetingMs: 5000, onEvent }), { code: 'password-needed' })
  const wrong = openManagementSession({ path, password: new Secret('bad'), greetingMs: 5000, onEvent })
  await t.rejects(wrong, { code: 'bad-password' })
  const again = await openManagementSession({ path, password, greetingMs: 5000, onEvent })
  t.equal(await again.send(commands.pid()), process.pid)
  await again.send(commands.quit())
})

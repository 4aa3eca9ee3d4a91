import t from 'tap'
import {
  encodeDynamicChallenge,
  encodeDynamicResponse,
  encodeStaticResponse,
  parseDynamicResponse,
  parseStaticResponse,
} from '../agent/management/challenge.ts'
import * as commands from '../agent/management/commands.ts'
import { Secret } from '../domain/secret.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ManagementLab } from './management/lab.ts'
import type { Peer } from './management/peer.ts'
import { findPkcs11Module } from './management/pkcs11.ts'

const skip = reasonToSkip('openvpn', 'openssl', 'sysctl') ?? false
const lab = skip === false ? await ManagementLab.make(t) : undefined
const ASKS = ['--auth-user-pass', '--management-query-passwords', '--auth-retry', 'interact']
const PASSWORD_AUTH = ['--management-client-auth']
const ODD = 'p"ä \\ss#; \'word'

function theLab(): ManagementLab {
  if (lab === undefined) throw new Error(`skipped: ${skip}`)
  return lab
}

async function answer(client: Peer, username: string, password: string): Promise<void> {
  await client.session.send(commands.username('Auth', username))
  await client.session.send(commands.password('Auth', new Secret(password)))
}

const isConnected = ({ record }: { record: { state: string } }) => record.state === 'CONNECTED'

t.test('a username and password with every odd character reach the server as they are', { skip }, async (t) => {
  const server = await theLab().startServer(t, PASSWORD_AUTH)
  const client = await theLab().startClient(t, [...server.remote, ...ASKS])
  await client.session.send(commands.setHold('release'))
  t.match(await client.said.next('PASSWORD:NEED'), { what: 'Auth', needs: 'username/password', challenge: undefined })
  await answer(client, 'ada "the" \\ one', ODD)
  const asked = await server.said.next('CLIENT:CONNECT')
  t.equal(asked.env.password?.reveal(), ODD)
  t.equal(asked.env.get('username'), 'ada "the" \\ one')
  t.notMatch(JSON.stringify(server.said.events), 'ss#;', 'and are not printed')
})

t.test('a static challenge is answered with the password', { skip }, async (t) => {
  const server = await theLab().startServer(t, PASSWORD_AUTH)
  const client = await theLab().startClient(t, [
    ...server.remote,
    ...ASKS,
    '--static-challenge',
    'The PIN, please',
    '1',
  ])
  await client.session.send(commands.setHold('release'))
  const challenge = { text: 'The PIN, please', echo: true }
  t.same((await client.said.next('PASSWORD:NEED')).challenge, challenge)
  await answer(client, 'ada', encodeStaticResponse(ODD, '123456'))
  const { env } = await server.said.next('CLIENT:CONNECT')
  const both = parseStaticResponse(env.password?.reveal() ?? '')
  t.same([both?.password.reveal(), both?.response.reveal()], [ODD, '123456'])
})

t.test('a dynamic challenge is answered at the next question', { skip }, async (t) => {
  const server = await theLab().startServer(t, PASSWORD_AUTH)
  const client = await theLab().startClient(t, [...server.remote, ...ASKS, '--connect-retry', '1', '1'])
  await client.session.send(commands.setHold('release'))
  await client.said.next('PASSWORD:NEED')
  await answer(client, 'ada', 'first')
  const asked = await server.said.next('CLIENT:CONNECT')
  const challenge = {
    flags: { echo: true, response: true },
    stateId: 'state42',
    username: 'ada',
    text: 'The code: now',
  }
  const from = client.said.events.length
  await server.session.send(commands.clientDeny(asked, 'needs a code', encodeDynamicChallenge(challenge)))
  t.same((await client.said.next('PASSWORD:FAILED')).challenge, challenge)

  await client.said.next('HOLD', undefined, from)
  await client.session.send(commands.setHold('release'))
  await client.said.next('PASSWORD:NEED', undefined, from)
  await answer(client, 'ada', encodeDynamicResponse('state42', '654321'))
  const { env } = await server.said.next('CLIENT:CONNECT', ({ cid }) => cid === 1)
  const response = parseDynamicResponse(env.password?.reveal() ?? '')
  t.same([response?.stateId, response?.response.reveal()], ['state42', '654321'])
})

t.test('a token that the server pushes is told, and forgotten when asked', { skip }, async (t) => {
  const server = await theLab().startServer(t, [...PASSWORD_AUTH, '--auth-gen-token', '60', 'external-auth'])
  const client = await theLab().startClient(t, [...server.remote, ...ASKS])
  await client.session.send(commands.setHold('release'))
  await client.said.next('PASSWORD:NEED')
  await answer(client, 'ada', 'pw')
  await server.session.send(commands.clientAuthNt(await server.said.next('CLIENT:CONNECT')))
  t.match((await client.said.next('PASSWORD:AUTH-TOKEN')).token.reveal(), /^SESS_ID_AT_/)
  await client.session.send(commands.forgetPasswords())
  await client.session.send(commands.authRetry('nointeract'))
})

t.test('the passphrase of a key is asked for, and a wrong one told', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const options = [...server.remote, '--cert', 'client.crt', '--key', 'locked.key', '--management-query-passwords']
  const client = await theLab().startClient(t, [...options, '--auth-retry', 'interact'])
  await client.session.send(commands.setHold('release'))
  t.match(await client.said.next('PASSWORD:NEED'), { what: 'Private Key', needs: 'password' })
  const from = client.said.events.length
  await client.session.send(commands.password('Private Key', new Secret('wrong')))
  t.match(await client.said.next('PASSWORD:FAILED'), { what: 'Private Key', reason: undefined })
  await client.said.next('HOLD', undefined, from)
  await client.session.send(commands.setHold('release'))
  await client.said.next('PASSWORD:NEED', undefined, from)
  await client.session.send(commands.password('Private Key', new Secret('open "sesame\\')))
  await server.said.next('CLIENT:CONNECT')
})

t.test('a remote is asked for, and those of the configuration are listed', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const [, , port = ''] = server.remote
  const remotes = ['--remote', 'first.invalid', '1194', 'udp', '--remote', '127.0.0.1', port, 'udp']
  const client = await theLab().startClient(t, [...remotes, '--management-query-remote'])
  const { session, said } = client
  await session.send(commands.setHold('release'))
  t.match(await said.next('REMOTE'), { host: 'first.invalid', port: 1194, protocol: 'udp' })
  t.equal(await session.send(commands.remoteEntryCount()), 2)
  const second = { index: 1, host: '127.0.0.1', port: Number(port), protocol: 'udp', enabled: true }
  t.match(await session.send(commands.remoteEntryGet('all')), [{ host: 'first.invalid' }, second])
  t.same(await session.send(commands.remoteEntryGet(1)), [second])
  t.match(await session.send(commands.remoteEntryGet(0, 2)), { length: 2 })
  await session.send(commands.remote({ action: 'SKIP' }))
  await said.next('REMOTE', ({ host }) => host === '127.0.0.1')
  await session.send(commands.remote({ action: 'MOD', host: '127.0.0.1', port: Number(port) }))
  await server.said.next('CLIENT:CONNECT')
})

t.test('a proxy is asked for', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const client = await theLab().startClient(t, [...server.remote, '--management-query-proxy'])
  await client.session.send(commands.setHold('release'))
  t.match(await client.said.next('PROXY'), { index: 1, protocol: 'UDP', host: '127.0.0.1' })
  await client.session.send(commands.proxy({ type: 'NONE' }))
  await server.said.next('CLIENT:CONNECT')
})

t.test(
  'a certificate and signatures from outside bring a client up, with every kind of question',
  { skip },
  async (t) => {
    const server = await theLab().startServer(t)
    const external = ['--management-external-key', '--management-external-cert', 'hint:subject', '--management-up-down']
    const client = await theLab().startClient(t, [...server.remote, ...external])
    await client.session.send(commands.announceVersion(3))
    await client.session.send(commands.realTimeState(true))
    await client.session.send(commands.realTimeEchoAndHistory('all'))
    await client.session.send(commands.setHold('release'))
    t.match(await client.said.next('NEED-CERTIFICATE'), { hint: 'hint:subject' })
    await client.session.send(commands.certificate(theLab().read('client.crt')))
    const { dataBase64, algorithm } = await client.said.next('PK_SIGN')
    t.match(algorithm, /^ECDSA/)
    await client.session.send(commands.pkSig(await theLab().sign('client.key', dataBase64)))
    await server.session.send(commands.clientAuth(await server.said.next('CLIENT:CONNECT'), ['push "echo now"']))
    await client.said.next('STATE', isConnected)
    t.match(await client.said.next('ECHO'), { record: { text: 'now' } })
    t.equal((await client.said.next('UPDOWN:UP')).env.get('dev'), 'null')
    await client.session.send(commands.signal('SIGTERM'))
    t.equal((await client.said.next('UPDOWN:DOWN')).env.get('dev'), 'null')
  },
)

t.test('a certificate that is none ends a client, which says why', { skip }, async (t) => {
  const options = ['--remote', '127.0.0.1', '9', '--management-external-key', '--management-external-cert', 'x']
  const client = await theLab().startClient(t, options)
  await client.session.send(commands.setHold('release'))
  await client.said.next('NEED-CERTIFICATE')
  const none = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(64)}\n-----END CERTIFICATE-----\n`
  await client.session.send(commands.certificate(none))
  t.match(await client.said.next('FATAL'), { text: /certificate/ })
})

t.test('a client that announced no version is asked RSA_SIGN, whatever its key is', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const external = ['--cert', 'client.crt', '--management-external-key']
  const client = await theLab().startClient(t, [...server.remote, ...external])
  await client.session.send(commands.setHold('release'))
  const { dataBase64 } = await client.said.next('RSA_SIGN')
  await client.session.send(commands.rsaSig(await theLab().sign('client.key', dataBase64)))
  t.equal((await server.said.next('CLIENT:CONNECT')).env.get('common_name'), 'client.example.org')
})

t.test('an RSA key is asked for a signature whose form is told', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const external = ['--cert', 'rsa.crt', '--management-external-key', 'pss']
  const client = await theLab().startClient(t, [...server.remote, ...external])
  await client.session.send(commands.announceVersion(3))
  await client.session.send(commands.setHold('release'))
  const { dataBase64, algorithm } = await client.said.next('PK_SIGN')
  t.equal(algorithm, 'RSA_PKCS1_PSS_PADDING,hashalg=SHA256,saltlen=digest')
  const form = ['digest:sha256', 'rsa_padding_mode:pss', 'rsa_pss_saltlen:digest']
  await client.session.send(commands.pkSig(await theLab().sign('rsa.key', dataBase64, form)))
  t.equal((await server.said.next('CLIENT:CONNECT')).env.get('common_name'), 'rsa.example.org')
})

const module = findPkcs11Module()
const noModule = skip === false && module === undefined ? 'there is no PKCS#11 module on this machine' : skip

t.test('a token is asked for by NEED-STR and NEED-OK', { skip: noModule }, async (t) => {
  const token = ['--pkcs11-providers', module ?? '', '--management-query-passwords', '--remote', '127.0.0.1', '9']
  const chooser = await theLab().startClient(t, [...token, '--pkcs11-id-management'])
  await chooser.session.send(commands.setHold('release'))
  t.match(await chooser.said.next('NEED-STR'), { what: 'pkcs11-id-request', needs: 'string' })
  await chooser.session.send(commands.needStr('pkcs11-id-request', 'maker/model/serial/a "token"/01'))
  t.match(await chooser.said.next('NEED-OK'), { what: 'token-insertion-request', needs: 'confirmation' })
  await chooser.session.send(commands.needOk('token-insertion-request', 'cancel'))
  t.match(await chooser.said.next('FATAL'), { text: String })
})

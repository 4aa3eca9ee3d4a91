import t from 'tap'
import { encodeTextChallenge, parseTextResponse } from '../agent/management/challenge.ts'
import * as commands from '../agent/management/commands.ts'
import { Secret } from '../domain/secret.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { until } from './lab/until.ts'
import { CLIENT_AUTH, ManagementLab } from './management/lab.ts'
import type { Peer } from './management/peer.ts'

const skip = reasonToSkip('openvpn', 'openssl', 'sysctl') ?? false
const lab = skip === false ? await ManagementLab.make(t) : undefined
const CONFIG = ['ifconfig-ipv6-push fd00::5/64 fd00::1', 'iroute-ipv6 fd01:2:3::/60', 'push "echo hello world"']
const NAME = 'client.example.org'

function theLab(): ManagementLab {
  if (lab === undefined) throw new Error(`skipped: ${skip}`)
  return lab
}

/** Brings a client up to its CONNECT. */
async function connect(owner: Tap, server: Peer & { remote: string[] }, ...options: string[]) {
  const from = server.said.events.length
  const client = await theLab().startClient(owner, [...server.remote, ...options])
  await client.session.send(commands.realTimeState(true))
  await client.session.send(commands.setHold('release'))
  const asked = await server.said.next('CLIENT:CONNECT', undefined, from)
  return { client, asked }
}

type Tap = Parameters<typeof ManagementLab.make>[0]

t.test('a client that is let in has its address, its routes and its place in every status', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const { session, said } = server
  const { client, asked } = await connect(t, server)
  t.equal(asked.env.get('common_name'), NAME)
  t.equal(asked.env.password?.reveal(), '')
  t.match(await session.send(commands.status(3)), { clients: [{ commonName: NAME, cid: 0, pending: true }] })

  await session.send(commands.clientAuth(asked, CONFIG))
  const up = await said.next('CLIENT:ESTABLISHED')
  t.match(up, { cid: asked.cid })
  t.equal(up.env.get('ifconfig_pool_remote_ip6'), 'fd00::5')
  t.same(said.all('CLIENT:ADDRESS'), [
    { type: 'CLIENT:ADDRESS', cid: 0, address: 'fd00::5', primary: true },
    { type: 'CLIENT:ADDRESS', cid: 0, address: 'fd01:2:3::/60', primary: false },
  ])
  for (const format of [2, 3] as const) {
    const status = await session.send(commands.status(format))
    t.match(status, {
      format,
      clients: [{ commonName: NAME, virtualIpv6Address: 'fd00::5', cid: 0, pending: false, username: undefined }],
      routes: [{ virtualAddress: /^fd0/ }, { virtualAddress: /^fd0/, lastRef: Number }],
    })
  }
  t.match(await session.send(commands.status(1)), { format: 1, clients: [{ commonName: NAME }] })
  t.match(await session.send(commands.loadStats()), { clients: 1, bytesIn: Number })
  await client.said.next('STATE', ({ record }) => record.state === 'CONNECTED')
  t.match(await client.session.send(commands.status(2)), { kind: 'client' })
  t.match(await client.session.send(commands.echoHistory('all')), [{ text: 'hello world' }])
})

t.test(
  'traffic is told of, a renegotiation asked about, and each way to end a session ends it',
  { skip },
  async (t) => {
    const server = await theLab().startServer(t, [...CLIENT_AUTH, '--reneg-sec', '3'])
    const { session, said } = server
    await session.send(commands.bytecount(1))
    const { client, asked } = await connect(t, server)
    await session.send(commands.clientAuth(asked, CONFIG))
    await client.session.send(commands.bytecount(1))
    t.match(await said.next('BYTECOUNT_CLI'), { cid: 0, bytesIn: Number })
    t.match(await client.said.next('BYTECOUNT'), { bytesIn: Number })
    const again = await said.next('CLIENT:REAUTH')
    t.equal(again.cid, asked.cid)
    t.not(again.kid, asked.kid)
    await session.send(commands.clientAuthNt(again))

    await session.send(commands.killCommonName(NAME))
    t.match(await said.next('CLIENT:DISCONNECT'), { cid: 0 })
    await client.process.kill()
  },
)

t.test('client-kill sends a client back, kill by address and client-deny end it', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const { session, said } = server
  const { client, asked } = await connect(t, server)
  await session.send(commands.clientAuth(asked, CONFIG))
  await said.next('CLIENT:ESTABLISHED')
  await client.said.next('STATE', ({ record }) => record.state === 'CONNECTED')
  const from = client.said.events.length
  await session.send(commands.clientKill(0, 'RESTART,[N]'))
  t.match(await client.said.next('NOTIFY', undefined, from), { notification: 'server-pushed-connection-reset' })
  await client.said.next('HOLD', undefined, from)
  await client.session.send(commands.setHold('release'))
  const second = await said.next('CLIENT:CONNECT', ({ cid }) => cid === 1)
  await session.send(commands.clientAuthNt(second))
  const port = Number(second.env.get('untrusted_port'))
  await session.send(commands.killAddress('127.0.0.1', port))
  await said.next('CLIENT:DISCONNECT', ({ cid }) => cid === 1)
  await client.process.kill()

  const refused = await connect(t, server)
  await session.send(commands.clientDeny(refused.asked, 'for the log', 'for "you" \\ alone'))
  t.match(await refused.client.said.next('PASSWORD:FAILED'), { what: 'Auth', reason: 'for "you" \\ alone' })
})

t.test('a pending authentication asks the client, whose answer comes back', { skip }, async (t) => {
  const server = await theLab().startServer(t)
  const { session, said } = server
  const { client, asked } = await connect(t, server)
  const challenge = { flags: { echo: true, response: true }, text: 'Code, please: "now"' }
  await session.send(commands.clientPendingAuth(asked, encodeTextChallenge(challenge), 20))
  t.same(await client.said.next('INFOMSG:CR_TEXT'), { type: 'INFOMSG:CR_TEXT', challenge })
  await client.said.next('STATE', ({ record }) => record.state === 'AUTH_PENDING')
  await client.session.send(commands.crResponse(new Secret('ünlock 7')))
  const answer = await said.next('CLIENT:CR_RESPONSE')
  t.equal(parseTextResponse(answer.response.reveal())?.reveal(), 'ünlock 7')
  t.equal(answer.cid, asked.cid)
  await session.send(commands.clientPendingAuth(asked, 'WEB_AUTH:external:https://vpn.example.org/a:b', 20))
  t.match(await client.said.next('INFOMSG:WEB_AUTH'), { flags: ['external'], url: 'https://vpn.example.org/a:b' })
  await session.send(commands.clientPendingAuth(asked, 'OPEN_URL:https://vpn.example.org/', 20))
  t.match(await client.said.next('INFOMSG:OPEN_URL'), { url: 'https://vpn.example.org/' })
  await session.send(commands.clientPendingAuth(asked, 'something new', 20))
  t.match(await client.said.next('INFOMSG'), { text: 'something new' })
})

t.test('a server that holds starts when it is released, and after SIGUSR1 counts clients anew', { skip }, async (t) => {
  const server = await theLab().startServer(t, [...CLIENT_AUTH, '--management-hold'])
  const { session, said } = server
  t.match(await said.next('HOLD'), { waitSeconds: 0 })
  t.equal(await session.send(commands.hold()), true)
  await session.send(commands.realTimeState(true))
  await session.send(commands.setHold('release'))
  await said.next('STATE', ({ record }) => record.state === 'CONNECTED')
  const { asked } = await connect(t, server)
  t.equal(asked.cid, 0)
  const from = said.events.length
  await session.send(commands.signal('SIGUSR1'))
  await said.next('CLIENT:DISCONNECT', undefined, from)
  await said.next('HOLD', undefined, from)
  await session.send(commands.signal('SIGTERM'))
  t.match(await session.closed, { code: 'closed' })
  await until('OpenVPN has ended', 5000, () => server.process.ending !== undefined)
})

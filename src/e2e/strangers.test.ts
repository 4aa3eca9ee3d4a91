import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from './lab/exec.ts'
import { ManagedHost } from './lab/managed-host.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const A = 'a.ada.example.org'
const SOON_MS = 20_000

const skip = reasonToSkip('openvpn', 'openssl', 'ping') ?? false

t.setTimeout(180_000)

/** A profile with a certificate that our authority signed for somebody else: the worst that its key could be used for. */
async function forge(vpn: ManagedHost, profile: string, subject: string): Promise<string> {
  const [pki, own] = [join(vpn.service.data, 'pki'), join(vpn.folder, 'forged')]
  const extensions = `${own}.ext`
  writeFileSync(extensions, 'keyUsage=digitalSignature\nextendedKeyUsage=clientAuth\n')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${own}.key`]
  await run('openssl', ['req', ...key, '-utf8', '-multivalue-rdn', '-subj', subject, '-out', `${own}.csr`])
  const signer = [
    '-CA',
    join(pki, 'ca.crt'),
    '-CAkey',
    join(pki, 'private/ca.key'),
    '-extfile',
    extensions,
    '-days',
    '1',
  ]
  await run('openssl', ['x509', '-req', '-in', `${own}.csr`, ...signer, '-out', `${own}.crt`])
  const inline = (name: string, file: string) => (text: string) =>
    text.replace(new RegExp(`<${name}>[^]*</${name}>`), () => `<${name}>\n${readFileSync(file, 'utf8')}</${name}>`)
  const text = inline('key', `${own}.key`)(inline('cert', `${own}.crt`)(readFileSync(profile, 'utf8')))
  const file = join(vpn.folder, 'forged.ovpn')
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

type Refused = { type: string; gateway: string; reason: string }

/** What was refused, as the service heard of it. */
async function refusals(vpn: ManagedHost): Promise<Refused[]> {
  const { text } = await vpn.service.request('GET', '/events?last=1000&seconds=0')
  const lines = text.split('\n').filter((line) => line.startsWith('data: '))
  return lines.map((line) => JSON.parse(line.slice('data: '.length))).filter(({ type }) => type === 'refused')
}

const CONTROL = /[^\P{C}\n]/u

/** Names in certificates of our own authority, and how a refusal shows them. */
const SUBJECTS: Record<string, { subject: string; reason: RegExp }> = {
  'a serial that nobody gave out': { subject: `/CN=${A}`, reason: /certificate is revoked or replaced/ },
  'a command in a second line': { subject: '/CN=x\nclient-kill 0\nEND', reason: /is no gateway name/ },
  'quotes and a comma': { subject: '/CN="x", client-kill 0', reason: /is no gateway name/ },
  'a path': { subject: '/CN=..\\/..\\/etc\\/passwd', reason: /is no gateway name/ },
}

t.test('a name in a certificate is a name, whatever is in it', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const a = await vpn.connectSite(4, await vpn.addGateway(A, 'ada'))
  const machine = await vpn.topology.addGuest(4)
  for (const [what, { subject, reason }] of Object.entries(SUBJECTS)) {
    const before = (await refusals(vpn)).length
    const stranger = vpn.start(machine, await forge(vpn, a.profile, subject))
    await stranger.waitFor(/AUTH_FAILED,/, SOON_MS)
    await stranger.kill()
    await until(`${what} is told of`, SOON_MS, async () => (await refusals(vpn)).length > before)
    const last = (await refusals(vpn)).at(-1)
    t.match(last?.reason, reason, what)
    t.notMatch(last?.gateway, CONTROL)
  }
  await ping(vpn.topology.outside, a.hostAddress)
  t.match(await vpn.sessions(), [{ gateway: A }])
  t.notMatch(vpn.agent.output, CONTROL)
})

/** What a client may send of itself: values with all that a protocol of lines might trip over, and as much as it can. */
const NOISE = [
  'push-peer-info',
  'setenv UV_EQUALS "a=b==c,END,>CLIENT:ENV,END"',
  'setenv UV_COMMAND "client-kill 0; kill a.ada.example.org"',
  'setenv UV_QUOTES "\\"\'`$(reboot)\\\\"',
  'setenv UV_COMMON_NAME "root"',
  ...Array.from({ length: 500 }, (_, n) => `setenv UV_${n} ${'x'.repeat(200)}`),
]

t.test('a gateway that talks nonsense of itself harms nobody', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const b = await vpn.addGateway('b.bob.example.org', 'bob')
  const a = await vpn.connectSite(4, await vpn.addGateway(A, 'ada'))
  const credentials = join(vpn.folder, 'credentials')
  writeFileSync(credentials, 'root",END\tclient-kill 0\nhunter2-%s\n', { mode: 0o600 })
  const machine = await vpn.topology.addGuest(6)
  for (const noise of [NOISE, NOISE.slice(0, 5)]) {
    const profile = await vpn.profile(b.name, 0, [...noise, `auth-user-pass ${credentials}`].join('\n'))
    const client = vpn.start(machine, profile)
    await client.waitFor(/Initialization Sequence Completed|TLS Error|AUTH_FAILED|exiting/i, 90_000)
    await client.kill()
    await ping(vpn.topology.outside, a.hostAddress)
  }
  await until('with as much as OpenVPN carries it is let in', SOON_MS, async () => {
    return (await vpn.history()).some(({ gateway }) => gateway === b.name)
  })
  t.notMatch(vpn.agent.output, 'hunter2')
  t.equal(vpn.agent.ending, undefined)
})

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { HostView } from '../http/session-views.ts'
import { ManagedHost } from './lab/managed-host.ts'
import { A, B, makePair } from './lab/managed-pair.ts'
import type { Namespace } from './lab/namespaces.ts'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { isReached, ping } from './lab/topology.ts'
import type { Owner } from './lab/undo.ts'
import { until } from './lab/until.ts'

const SOON_MS = 15_000

const skip = reasonToSkip('openvpn', 'nft', 'conntrack', 'ping', 'bash', 'timeout') ?? false

t.setTimeout(240_000)

/** Takes what callers of a TCP port say. */
function listen(owner: Owner, machine: Namespace, port: number): void {
  const serve = `require('node:net').createServer((peer) => peer.on('error', () => {}).resume()).listen(${port})`
  Running.start(owner, process.execPath, ['-e', serve], { namespace: machine })
}

/** A connection on which both ends say something ten times a second, and print a dot for what they hear. */
async function talk(owner: Owner, from: Namespace, to: Namespace, address: string, port: number): Promise<Running[]> {
  const chat = "peer => { setInterval(() => peer.write('x'), 100); peer.on('data', () => process.stdout.write('.')) }"
  const run = (namespace: Namespace, words: string) =>
    Running.start(owner, process.execPath, ['-e', `(require('node:net').${words})`], { namespace })
  const server = run(to, `createServer(${chat}).listen(${port}, () => process.stdout.write('listening\\n'))`)
  await server.waitFor(/listening/, SOON_MS)
  const client = run(from, `connect(${port}, '${address}', function () { (${chat})(this) })`)
  await Promise.all([server, client].map((end) => end.waitFor(/\.\.\./, SOON_MS)))
  return [server, client]
}

/** Waits until neither end hears anything for a second. */
async function fallSilent(ends: readonly Running[]): Promise<void> {
  const heard = () => ends.map(({ output }) => output.length).join()
  await until('nothing is heard any more', SOON_MS, async () => {
    const before = heard()
    await pause(1000)
    return heard() === before
  })
}

async function isOpen(from: Namespace, address: string, port: number): Promise<boolean> {
  return (await from.exec('timeout', ['1', 'bash', '-c', ': <"/dev/tcp/$0/$1"', address, `${port}`])).code === 0
}

async function opens(from: Namespace, address: string, port: number, wanted = true): Promise<void> {
  const what = `${from.name} ${wanted ? 'reaches' : 'does not reach'} ${address} port ${port}`
  await until(what, SOON_MS, async () => (await isOpen(from, address, port)) === wanted)
}

const SSH = { action: 'allow', direction: 'from', peer: `gateway:${B}`, protocol: 'tcp', ports: ['22'] }
const HTTP = { ...SSH, ports: ['80', '443'] }

/** What the kernel has of gateways: the elements of one of its maps. */
async function elements(vpn: ManagedHost, name: string): Promise<string> {
  const text = await vpn.topology.server.run('nft', ['list', 'table', 'inet', 'vpnunit'])
  return new RegExp(`(?:set|map) ${name} \\{[^]*?elements = \\{([^}]*)\\}`).exec(text)?.[1] ?? ''
}

/** The pair, where what no rule allows is dropped, and a may open ssh on b. */
async function makeClosed(owner: Owner) {
  const pair = await makePair(owner)
  const { vpn, b } = pair
  await vpn.ask('POST', '/groups', { name: 'ops' })
  await vpn.ask('PUT', '/groups/ops/members/user:ada')
  await vpn.ask('PUT', '/groups/ops/rules', [SSH])
  listen(owner, b.host, 22)
  listen(owner, b.host, 80)
  await opens(vpn.topology.outside, b.hostAddress, 80)
  await vpn.ask('PATCH', '/policy', { default: 'closed' })
  await opens(vpn.topology.outside, b.hostAddress, 80, false)
  return pair
}

t.test('without a policy everybody reaches everybody, and spoofs and loops are dropped', { skip }, async (t) => {
  const { vpn, a, b, bodyA } = await makePair(t)
  await ping(a.host, b.hostAddress)
  await vpn.hostIs('behind a firewall', ({ firewall }) => firewall?.state === 'in place' && firewall.gateways === 2)
  t.match(await elements(vpn, 'onlink'), /"tun0" \. 2001:470:c844:200::/)
  t.notOk(await isReached(a.host, String(bodyA.networks[10]).replace('/64', '1')), 'inside its own /60')
  await b.client.stop()
  await until('b has no element', SOON_MS, async () => !(await elements(vpn, 'self')).includes('300::'))
})

t.test(
  'closed: what a rule allows is open, a second later what another one allows, and nothing else',
  { skip },
  async (t) => {
    const pair = await makeClosed(t)
    const { vpn, a, b } = pair
    await opens(a.host, b.hostAddress, 22)
    t.notOk(await isOpen(a.host, b.hostAddress, 80))
    t.notOk(await isReached(b.host, a.hostAddress))
    t.notOk(await isOpen(vpn.topology.outside, b.hostAddress, 22))

    await vpn.ask('PUT', '/groups/ops/rules', [SSH, HTTP])
    await opens(a.host, b.hostAddress, 80)
    const ends = await talk(t, a.host, b.host, b.hostAddress, 443)
    await vpn.ask('PUT', '/groups/ops/rules', [SSH])
    await fallSilent(ends)
    await vpn.hostIs('rid of it', ({ firewall }) => (firewall?.cut ?? 0) > 0)
    t.notOk(await isOpen(a.host, b.hostAddress, 80))
    await opens(a.host, b.hostAddress, 22)

    await vpn.ask('DELETE', '/groups/ops/members/user:ada')
    await opens(a.host, b.hostAddress, 22, false)
  },
)

t.test(
  'what a rule forbids ends, though the other side could have opened it, until it may again',
  { skip },
  async (t) => {
    const { vpn, a, b } = await makePair(t)
    const ends = await talk(t, a.host, b.host, b.hostAddress, 22)
    await vpn.ask('POST', '/groups', { name: 'ops' })
    await vpn.ask('PUT', '/groups/ops/members/user:ada')
    await vpn.ask('PUT', '/groups/ops/rules', [{ ...SSH, action: 'deny' }])
    await fallSilent(ends)
    await ping(b.host, a.hostAddress)
    const from = ends.map(({ output }) => output.length)
    await vpn.ask('PUT', '/groups/ops/rules', [])
    await Promise.all(ends.map((end, index) => end.waitFor(/\./, SOON_MS, from[index])))
  },
)

t.test('deny comes before allow, and what is opened towards a gateway has its own rules', { skip }, async (t) => {
  const { vpn, a, b } = await makeClosed(t)
  await opens(a.host, b.hostAddress, 22)
  await vpn.ask('POST', '/groups', { name: 'no' })
  await vpn.ask('PUT', '/groups/no/members/gateway:b.bob.example.org')
  await vpn.ask('PUT', '/groups/no/rules', [{ action: 'deny', direction: 'to', peer: `gateway:${A}`, protocol: 'any' }])
  await opens(a.host, b.hostAddress, 22, false)
  const open = { action: 'allow', direction: 'to', peer: 'internet', protocol: 'tcp', ports: ['80'] }
  await vpn.ask('POST', '/groups/no/rules', open)
  await opens(vpn.topology.outside, b.hostAddress, 80)
  t.notOk(await isOpen(vpn.topology.outside, b.hostAddress, 22))
})

t.test(
  'a table that somebody changes is put right, and counted; a killed apply leaves it in place',
  { skip },
  async (t) => {
    const { vpn, a, b } = await makeClosed(t)
    await opens(a.host, b.hostAddress, 22)
    await vpn.topology.server.run('nft', ['flush', 'map', 'inet', 'vpnunit', 'from'])
    await opens(a.host, b.hostAddress, 22, false)
    await opens(a.host, b.hostAddress, 22)
    await vpn.hostIs('repaired', ({ firewall }: HostView) => (firewall?.drift ?? 0) > 0)
    await vpn.apply.kill()
    t.ok(await isOpen(a.host, b.hostAddress, 22))
    t.notOk(await isOpen(a.host, b.hostAddress, 80))
    await vpn.startApply()
    await vpn.hostIs('followed again', ({ firewall }) => firewall?.state === 'in place' && firewall.gateways === 2)
    t.ok(await isOpen(a.host, b.hostAddress, 22))
  },
)

t.test('two gateways of one user are in the groups that each of them is in', { skip }, async (t) => {
  const vpn = await ManagedHost.make(t)
  const [first, second] = [await vpn.addGateway(A, 'ada'), await vpn.addGateway('a2.ada.example.org', 'ada')]
  const [one, two] = await Promise.all([vpn.connectSite(4, first), vpn.connectSite(6, second)])
  for (const { host } of [one, two]) for (const port of [22, 80]) listen(t, host, port)
  const rule = { action: 'allow', direction: 'to', peer: 'internet', protocol: 'tcp' }
  const groups = {
    shells: { members: [`gateway:${first.name}`], rules: [{ ...rule, ports: ['22'] }] },
    sites: { members: [`gateway:${second.name}`], rules: [{ ...rule, ports: ['80'] }] },
  }
  const { outside } = vpn.topology
  await opens(outside, two.hostAddress, 22)
  await vpn.ask('PUT', '/policy', { default: 'closed', groups, tests: [] })
  await opens(outside, two.hostAddress, 22, false)
  t.same(await Promise.all([one, two].map(({ hostAddress }) => isOpen(outside, hostAddress, 22))), [true, false])
  t.same(await Promise.all([one, two].map(({ hostAddress }) => isOpen(outside, hostAddress, 80))), [false, true])
  t.match(await vpn.ask('GET', '/sessions'), [{ groups: ['shells'] }, { groups: ['sites'] }])
})

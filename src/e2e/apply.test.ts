import { chmodSync, copyFileSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openApplyClient } from '../agent/apply-client.ts'
import { NASTY_BODIES, NASTY_TEXTS, NASTY_VALUES } from '../testing/nasty.ts'
import { ApplyHost } from './lab/apply-host.ts'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { until } from './lab/until.ts'

const skip = reasonToSkip('setpriv') ?? false

t.setTimeout(120_000)

const A = '2001:470:c844:200::/60'
const B = '2001:470:c844:210::/60'
const ROUTE_A = `${A} dev tun0 proto 119 metric 512`
const ROUTE_B = `${B} dev tun1 proto 119 metric 512`
const SITE = 'unreachable 2001:470:c844::/48 proto 119 metric 4095'

const ON_TUN0 = { prefix: A, device: 'tun0' }
const ON_TUN1 = { prefix: B, device: 'tun1' }

/** Looks come every two seconds. */
const REPAIR_MS = 15_000
const END_MS = 20_000

const ours = async (host: ApplyHost) => (await host.routes()).filter((route) => route.includes(' proto 119 '))
const show = (routes: string[]) => routes.join('\n')

async function routesBecome(host: ApplyHost, ...wanted: string[]): Promise<void> {
  await until(show(wanted), REPAIR_MS, async () => show(await ours(host)) === show(wanted.sort()))
}

/** A host with apply at work, and both routes in place. */
async function makeWorking(owner: Test) {
  const host = await ApplyHost.make(owner)
  const apply = await host.start()
  await host.setRoutes([ON_TUN0, ON_TUN1])
  return { host, apply }
}

t.test('a set replaces the set before, and the site is unreachable from the start', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  await host.start()
  await routesBecome(host, SITE)
  t.equal(statSync(host.socket).mode & 0o777, 0o660)
  t.same(await host.setRoutes([ON_TUN0, ON_TUN1]), { wanted: 2, missing: 0, repairs: 0, fault: null })
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  await host.setRoutes([{ prefix: A, device: 'tun1' }])
  t.same(await ours(host), [`${A} dev tun1 proto 119 metric 512`, SITE])
  await host.setRoutes([])
  t.same(await ours(host), [SITE])
})

t.test(
  'where everything is closed nobody has a route before the firewall is there',
  { skip: reasonToSkip('unshare', 'mount', 'nft') ?? false },
  async (t) => {
    const host = await ApplyHost.make(t)
    const [real, script, isThere] = ['nft', 'script', 'there'].map((name) => join(host.run, name)) as [
      string,
      string,
      string,
    ]
    copyFileSync('/usr/sbin/nft', real)
    writeFileSync(
      script,
      `#!/bin/sh\ntest -e '${isThere}' || { echo 'no nftables here' >&2; exit 1; }\nexec '${real}' "$@"\n`,
    )
    chmodSync(script, 0o755)
    await host.startWithNft(script)
    const gateways = [{ name: 'a.example.org', user: 'ada', number: 2, slot: 0, groups: [] }]
    const policy = { default: 'closed', groups: [] }
    t.match(await host.ask({ id: 1, duty: 'policy', policy, gateways }), {
      firewall: { state: 'failing', fault: /no nftables here/ },
    })
    t.match(await host.setRoutes([ON_TUN0]), { wanted: 1, missing: 1, fault: /the policy is closed/ })
    t.same(await ours(host), [SITE])
    writeFileSync(isThere, '')
    // It is looked for every ten seconds.
    await until('the route is there', 60_000, async () => show(await ours(host)) === show([ROUTE_A, SITE].sort()))
    await until('that is told', REPAIR_MS, async () => (await host.report()).fault === null)
    t.match(await host.report(), { missing: 0, repairs: 0 })
    rmSync(isThere)
    const open = { ...policy, default: 'open' }
    t.match(await host.ask({ id: 1, duty: 'policy', policy: open, gateways }), { firewall: { state: 'failing' } })
    t.match(await host.setRoutes([ON_TUN0, ON_TUN1]), { missing: 0 }, 'and where it is open nothing is held back')
  },
)

t.test('routes of others are left alone, and apply’s win over those of static mode', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  // Names before numbers: after a line with a number ip takes a name that came before it for that number.
  const others = [
    `${A} dev tun1 proto static metric 100`,
    `${B} dev tun0 proto static metric 512`,
    '2001:470:c844:220::/60 dev tun0 proto static metric 512',
    `${A} dev tun1 proto 118 metric 2048`,
    'unreachable 2001:470:c844::/48 proto 118 metric 4096',
  ]
  await host.namespace.ip6(...others.map((route) => `route add ${route}`))
  await host.start()
  const report = await host.setRoutes([ON_TUN0, ON_TUN1])
  t.match(report, { wanted: 2, missing: 1, repairs: 0 }, 'one of them is in the way of one of ours')
  t.match(report.fault, `the kernel does not take dev tun1 ${B} metric 512: RTNETLINK answers: File exists`)
  t.same(await ours(host), [ROUTE_A, SITE])
  await host.namespace.ip6(`route del ${A} dev tun1 metric 100`)
  t.match(await host.namespace.run('ip', ['-6', 'route', 'get', '2001:470:c844:200::1']), ' dev tun0 ')
  await host.setRoutes([])
  const all = await host.routes()
  t.same(
    others.filter((route) => !all.includes(route)),
    [others[0]],
    'all but the one that this test took away',
  )
  await host.setRoutes([ON_TUN1])
  await host.namespace.ip6(`route del ${B} dev tun0 metric 512`)
  await until('the place is free and taken', REPAIR_MS, async () => (await host.report()).fault === null)
  t.ok((await ours(host)).includes(ROUTE_B))
  t.match(await host.report(), { missing: 0, repairs: 0 })
})

t.test('4,064 gateways in one request, moved and taken away', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  await host.start()
  const prefixes = Array.from({ length: 254 * 16 }, (_, n) => `2001:470:c844:${(0x200 + n * 16).toString(16)}::/60`)
  const all = (device: string) => prefixes.map((prefix) => ({ prefix, device }))
  t.same(await host.setRoutes(all('tun0')), { wanted: 4064, missing: 0, repairs: 0, fault: null })
  t.equal((await host.routes('proto', '119', 'dev', 'tun0')).length, 4064)
  t.same(await host.setRoutes(all('tun1')), { wanted: 4064, missing: 0, repairs: 0, fault: null })
  t.equal((await host.routes('proto', '119', 'dev', 'tun1')).length, 4064)
  t.equal((await host.routes('proto', '119', 'dev', 'tun0')).length, 0)
  t.match(await host.setRoutes([]), { wanted: 0, missing: 0 })
  t.same(await ours(host), [SITE])
})

t.test('what is lost underneath is put back and counted', { skip }, async (t) => {
  const { host } = await makeWorking(t)
  await host.namespace.ip('link del tun0')
  t.same(await ours(host), [ROUTE_B, SITE])
  await until('it is missed', REPAIR_MS, async () => (await host.report()).missing === 1)
  t.match(await host.report(), { repairs: 0, fault: null }, 'a device that is away is no fault')
  await host.addDevice('tun0')
  await routesBecome(host, ROUTE_A, ROUTE_B, SITE)
  await until('it is counted', REPAIR_MS, async () => (await host.report()).repairs === 1)
  await host.namespace.ip6(`route del ${B}`, 'route del unreachable 2001:470:c844::/48 metric 4095')
  await routesBecome(host, ROUTE_A, ROUTE_B, SITE)
  await host.namespace.ip('link set tun1 down')
  await host.namespace.ip('link set tun1 up')
  await routesBecome(host, ROUTE_A, ROUTE_B, SITE)
  await until('all are counted', REPAIR_MS, async () => (await host.report()).repairs === 4)
})

t.test('a device that comes late gets its route, and that is no repair', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  await host.namespace.ip('link del tun1', 'link set tun0 down')
  await host.start()
  t.same(await host.setRoutes([ON_TUN0, ON_TUN1]), { wanted: 2, missing: 2, repairs: 0, fault: null })
  await host.namespace.ip('link set tun0 up')
  await host.addDevice('tun1')
  await routesBecome(host, ROUTE_A, ROUTE_B, SITE)
  await until('none is missing', REPAIR_MS, async () => (await host.report()).missing === 0)
  t.match(await host.report(), { repairs: 0 })
})

t.test('what nobody asked for goes, if it bears apply’s number', { skip }, async (t) => {
  const { host } = await makeWorking(t)
  await host.namespace.ip6(
    'route add blackhole default proto 119',
    'route add 2001:470:c844:230::/60 dev tun0 proto 119 metric 512',
    `route add ${A} dev tun1 proto 119 metric 7`,
    `route append ${A} dev tun1 proto 119 metric 512`,
    'route add 2001:db8::/32 proto 119 nexthop via fe80::1 dev tun0 nexthop via fe80::2 dev tun1',
  )
  t.equal((await ours(host)).length > 7, true)
  await routesBecome(host, ROUTE_A, ROUTE_B, SITE)
})

t.test('a request for what is not this host’s changes nothing', { skip }, async (t) => {
  const { host } = await makeWorking(t)
  for (const [prefix, device] of [
    ['2001:470:c845:200::/60', 'tun0'],
    ['2001:470:c844:200::/56', 'tun0'],
    ['2001:470:c844::/60', 'tun0'],
    ['::/0', 'tun0'],
    ['2001:470:c844:220::/60', 'lo'],
    ['2001:470:c844:220::/60', 'tun2'],
  ]) {
    const routes = [ON_TUN1, { prefix, device }]
    t.match(await host.ask({ id: 5, duty: 'routes', routes }), { id: 5, fault: String }, `${prefix} ${device}`)
  }
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  t.match(await host.report(), { wanted: 2, missing: 0, repairs: 0, fault: null })
})

t.test('a stop or a crash leaves the routes, and the next one keeps them until it is told', { skip }, async (t) => {
  const { host, apply } = await makeWorking(t)
  apply.signal('SIGTERM')
  t.equal(await apply.waitForEnd(END_MS), 0)
  t.notOk(existsSync(host.socket))
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  const second = await host.start()
  t.match(await host.report(), { wanted: 0, missing: 0 })
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  await host.setRoutes([ON_TUN0])
  await second.kill()
  t.ok(existsSync(host.socket), 'a crash leaves its socket')
  t.same(await ours(host), [ROUTE_A, SITE])
  await host.start()
  t.match(await host.setRoutes([ON_TUN0, ON_TUN1]), { wanted: 2, missing: 0, repairs: 0 })
})

t.test('a second one is refused, and the first goes on', { skip }, async (t) => {
  const { host } = await makeWorking(t)
  const second = host.startAtOnce()
  t.equal(await second.waitForEnd(END_MS), 1)
  t.match(second.output, `vpnunit: another vpnunit apply is at work: it answers on ${host.socket}\n`)
  t.match(await host.report(), { wanted: 2 })
})

t.test('root with nothing but CAP_NET_ADMIN is enough', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  const only = ['--bounding-set=-all,+net_admin', '--inh-caps=-all', '--no-new-privs']
  const [ip, words] = host.namespace.command('setpriv', [
    ...only,
    process.execPath,
    join(import.meta.dirname, '../main.ts'),
    'apply',
  ])
  const apply = Running.start(t, ip, words, { env: host.env })
  await apply.waitFor(/"msg":"applying"/, END_MS)
  t.match(await host.setRoutes([ON_TUN0]), { wanted: 1, missing: 0, fault: null })
})

t.test('whatever is said on the socket, it goes on and the routes stay', { skip }, async (t) => {
  const { host, apply } = await makeWorking(t)
  const texts = Object.values({ ...NASTY_TEXTS, ...NASTY_VALUES, ...NASTY_BODIES })
  for (const text of texts) {
    const said = await host.say(`${text}\n`)
    t.ok(
      said
        .trim()
        .split('\n')
        .every((line) => 'fault' in JSON.parse(line)),
      text.slice(0, 30),
    )
    await host.say(`{"id":1,"duty":"routes","routes":[{"prefix":${JSON.stringify(text)},"device":"tun0"}]}\n`)
    await host.say(text)
  }
  for (let n = 0; n < 100; n++) {
    const bytes = crypto.getRandomValues(new Uint8Array(1 + ((n * 37) % 4096)))
    await host.say(Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]))
  }
  t.match(await host.say('x'.repeat(9 * 1024 * 1024)), /^$|octets/)
  t.equal(apply.ending, undefined)
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  t.match(await host.report(), { wanted: 2, missing: 0, repairs: 0, fault: null })
})

t.test('the agent’s client finds it again after a crash, and tells it all', { skip }, async (t) => {
  const host = await ApplyHost.make(t)
  const first = await host.start()
  const repairs: number[] = []
  const client = openApplyClient({ path: host.socket, onRepairs: (count) => repairs.push(count) })
  t.teardown(() => client.close())
  client.setRoutes([ON_TUN0, ON_TUN1])
  t.equal(await client.settled(), true)
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  await first.kill()
  await until('it is missed', REPAIR_MS, () => !client.report().connected)
  client.setRoutes([ON_TUN1])
  t.equal(await client.settled(), false)
  t.same(await ours(host), [ROUTE_A, ROUTE_B, SITE])
  await host.start()
  await routesBecome(host, ROUTE_B, SITE)
  t.equal(await client.settled(), true)
  await host.namespace.ip6(`route del ${B}`)
  await until('the repair is told', REPAIR_MS, () => repairs.length > 0)
  t.same(repairs, [1])
})

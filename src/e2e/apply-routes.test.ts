import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from './lab/exec.ts'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { RouteHost } from './lab/route-host.ts'
import { until } from './lab/until.ts'

const UNREACHABLE = 'unreachable 2001:470:c844::/48'
const SITE = `${UNREACHABLE} metric 4096`
const ADA = '2001:470:c844:200::/60'
const BOB = '2001:470:c844:300::/60'

const skip = reasonToSkip('flock', 'unshare', 'setpriv', 'mount', 'sysctl') ?? false

t.test('the kernel gets the routes of the list, and each is told', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`, `${BOB} dev tun1`)
  const answer = await host.apply()
  t.same(answer, {
    code: 0,
    stdout: `added ${UNREACHABLE}\nadded ${ADA} dev tun0\nadded ${BOB} dev tun1\napply-routes: 3 added, 0 changed, 0 removed, 0 kept\n`,
    stderr: '',
  })
  t.same(await host.ours(), [`${ADA} dev tun0 metric 2048`, `${BOB} dev tun1 metric 2048`, SITE])
})

t.test('a second run says nothing, and the kernel hears nothing of it', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`)
  await host.apply()
  const monitor = await host.watch(t)
  t.same(await host.apply(), { code: 0, stdout: '', stderr: '' })
  t.notMatch(await host.heardBy(monitor), /c844/)
  t.match(await host.apply('-v'), { code: 0, stdout: 'apply-routes: 0 added, 0 changed, 0 removed, 2 kept\n' })
})

t.test(
  'a route that left the list is removed, and one whose device became another is moved in one step',
  { skip },
  async (t) => {
    const host = await RouteHost.make(t)
    host.write(SITE, `${ADA} dev tun0`, `${BOB} dev tun0`)
    await host.apply()
    const monitor = await host.watch(t)
    host.write(SITE, `${BOB} dev tun1`)
    const { code, stdout } = await host.apply()
    t.equal(code, 0)
    t.match(stdout, `changed ${BOB} dev tun1 (was dev tun0)\nremoved ${ADA} dev tun0\n`)
    t.match(stdout, /: 0 added, 1 changed, 1 removed, 1 kept\n$/)
    t.same(await host.ours(), [`${BOB} dev tun1 metric 2048`, SITE])
    const heard = await host.heardBy(monitor)
    t.match(heard, `Deleted ${ADA}`)
    t.notMatch(heard, `Deleted ${BOB}`, 'at no time was there no way to the gateway that moved')
  },
)

t.test('what others wrote into our routes is put right', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`, `${BOB} dev tun1`)
  await host.apply()
  await host.namespace.ip6(
    `route append ${ADA} dev tun1 metric 2048 proto 118`,
    `route replace blackhole ${BOB} metric 2048 proto 118`,
    'route add 2001:470:c844:400::/60 proto 118 nexthop via fe80::1 dev tun0 nexthop via fe80::2 dev tun1',
    'route add 2001:470:c844:500::1 dev tun0 metric 7 proto 118',
    `route del ${SITE} proto 118`,
  )
  t.equal((await host.apply()).code, 0)
  t.same(await host.ours(), [`${ADA} dev tun0 metric 2048`, `${BOB} dev tun1 metric 2048`, SITE])
  t.equal((await host.apply()).stdout, '')
})

t.test('routes of others stay as they are', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  const foreign = [
    `${ADA} dev tun0 metric 1024`,
    '2001:470:c844:400::/60 dev tun0 proto static metric 2048',
    '2001:470:c844:500::/60 dev tun1 proto bird metric 100',
  ]
  await host.namespace.ip6(...foreign.map((route) => `route add ${route}`))
  host.write(SITE, `${ADA} dev tun0`)
  const first = await host.apply()
  t.equal(first.code, 0, 'it leads where the list says')
  t.match(first.stderr, `left alone, not ours: ${ADA} metric 1024 dev tun0`)
  t.same(await host.apply(), { code: 0, stdout: '', stderr: '' }, 'told once')
  t.match((await host.apply('-v')).stderr, `left alone, not ours: ${ADA} metric 1024 dev tun0\n`)
  host.write(SITE)
  await host.apply()
  const routes = (await host.routes()).filter((route) => route !== `${UNREACHABLE} proto 118 metric 4096`)
  t.same(routes, foreign)
})

t.test("another's route in our place is not taken over, and told at every run", { skip }, async (t) => {
  const host = await RouteHost.make(t)
  await host.namespace.ip6(`route add ${ADA} dev tun1 proto static metric 2048`)
  await host.namespace.ip6(`route add ${BOB} dev tun1 proto static metric 10`)
  host.write(SITE, `${ADA} dev tun0`, `${BOB} dev tun0`, '2001:470:c844:400::/60 dev tun0')
  for (const run of ['first', 'second']) {
    const { code, stderr } = await host.apply()
    t.equal(code, 1, `${run} run`)
    t.match(stderr, `left out, as another program has it with our metric: ${ADA}\n`)
    t.match(stderr, `without effect, as another program routes it elsewhere: ${BOB}\n`)
  }
  t.match(await host.routes(), [`${ADA} dev tun1 proto static metric 2048`])
  t.match(await host.ours(), [`${BOB} dev tun0`, '2001:470:c844:400::/60 dev tun0'].sort(), 'the rest is done')
})

t.test('the first loop reads the same list, and its routes are left and say so', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`, `${BOB} dev tun1`)
  t.same(await host.runFirstLoop(), { code: 0, stdout: '', stderr: '' })
  const byLoop = [`${ADA} dev tun0 metric 1024`, `${BOB} dev tun1 metric 1024`, SITE]
  t.same(await host.routes(), byLoop)
  const first = await host.apply()
  t.match(first, { code: 0, stderr: / and 2 more to the same prefixes / })
  t.match(first.stdout, /: 2 added, 0 changed, 0 removed, 0 kept/, "the loop's unreachable serves as ours")
  t.same(await host.apply(), { code: 0, stdout: '', stderr: '' })
  t.match(await host.routes(), byLoop.slice(0, 1))
  await host.namespace.run('ip', ['-6', 'route', 'flush', 'proto', 'boot', 'root', '2001:470:c844::/48'])
  t.match((await host.apply()).stdout, `added ${UNREACHABLE}\n`)
  t.equal((await host.runFirstLoop()).stderr, 'RTNETLINK answers: File exists\n', 'they can run side by side')
  t.same(await host.apply(), { code: 0, stdout: '', stderr: '' })
})

t.test('routes of a device that is missing or down are left out, the others are set', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  await host.namespace.ip('link set tun1 down')
  host.write(
    SITE,
    `${ADA} dev tun0`,
    `${BOB} dev tun1`,
    '2001:470:c844:400::/60 dev tun7',
    '2001:470:c844:410::/60 dev tun7',
  )
  const { code, stderr } = await host.apply()
  t.equal(code, 1)
  t.match(stderr, `apply-routes: tun1 is down (is OpenVPN running?), left out: ${BOB}\n`)
  t.match(stderr, 'apply-routes: tun7 is missing (is OpenVPN running?), left out: 2001:470:c844:400::/60 and 1 more\n')
  t.same(await host.ours(), [`${ADA} dev tun0 metric 2048`, SITE])
  host.write(SITE, `${ADA} dev tun7`)
  t.match((await host.apply()).stdout, `removed ${ADA} dev tun0\n`, 'a way that is no longer right is closed')
  await host.namespace.ip('link del tun0', 'tuntap add tun7 mode tun', 'link set tun7 up')
  t.equal((await host.apply()).code, 0)
  t.same(await host.ours(), [`${ADA} dev tun7 metric 2048`, SITE])
})

t.test('a route that the kernel refuses does not hold up the others, and is told', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  await host.namespace.run('sysctl', ['-qw', 'net.ipv6.conf.tun0.disable_ipv6=1'])
  host.write(`${ADA} dev tun0`, `${BOB} dev tun1`, SITE)
  const { code, stderr } = await host.apply()
  t.equal(code, 1)
  t.match(stderr, /^ip: .*disabled/, "the kernel's own words")
  t.match(stderr, `refused by the kernel: ${ADA}\n`)
  t.same(await host.ours(), [`${BOB} dev tun1 metric 2048`, SITE])
})

t.test('a dry run prints the batch, needs no root and changes nothing', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`)
  await host.apply()
  const before = await host.routes()
  host.write(SITE, `${ADA} dev tun1`, `${BOB} dev tun1`)
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', host.script]
  const dry = await host.namespace.exec('setpriv', [...nobody, '-n'])
  t.same(dry, {
    code: 0,
    stdout: `route replace ${ADA} dev tun1 metric 2048 proto 118\nroute add ${BOB} dev tun1 metric 2048 proto 118\n`,
    stderr: '',
  })
  t.same(await host.routes(), before)
  await host.namespace.run('ip', ['-6', '-batch', '-'], { input: dry.stdout })
  t.same(await host.apply(), { code: 0, stdout: '', stderr: '' }, 'the batch is what it says it is')
  t.match(await host.namespace.exec('setpriv', nobody), { code: 2, stderr: 'only root can change routes' })
})

t.test('without an ip command it says what to install', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE)
  const hide = 'mount --bind /dev/null "$(readlink -f "$(command -v ip)")" && exec "$0"'
  const answer = await host.namespace.exec('unshare', ['--mount', 'sh', '-c', hide, host.script])
  t.match(answer, { code: 2, stderr: 'there is no ip command: install iproute2' })
})

t.test('the list is found by VPNUNIT_DATA, by the place of the script, or named', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`)
  const other = join(host.checkout, 'other/ip')
  mkdirSync(other, { recursive: true })
  writeFileSync(join(other, 'routes'), `${SITE}\n${BOB} dev tun0\n`)
  writeFileSync(join(host.checkout, '.env'), 'VPNUNIT_DATA=nowhere\n')
  const dry = async (data: string, ...args: string[]) =>
    (await host.namespace.exec(host.script, ['-n', ...args], { env: { ...process.env, VPNUNIT_DATA: data } })).stdout
  t.match(await dry(''), `add ${ADA}`, 'data beside the script')
  t.match(await dry('other'), `add ${BOB}`, 'relative to the checkout')
  t.match(await dry(join(host.checkout, 'other')), `add ${BOB}`)
  t.match(await dry('nowhere', host.list), `add ${ADA}`, 'an argument wins')
  const { code, stderr } = await host.apply('/nowhere/routes')
  t.match({ code, stderr }, { code: 3, stderr: 'cannot read /nowhere/routes' })
  t.match(await host.apply('-h'), { code: 0, stdout: /^usage: script\/apply-routes.*exit {2}0 /s })
  t.match(await host.apply('-x'), { code: 2 })
  t.match(await host.apply('a', 'b'), { code: 2 })
})

t.test('two runs at once: the second waits, or gives up and says who was first', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  host.write(SITE, `${ADA} dev tun0`)
  const both = await Promise.all([host.apply(), host.apply()])
  t.same(
    both.map((answer) => answer.code),
    [0, 0],
  )
  t.same(both.map((answer) => answer.stdout).filter(Boolean).length, 1, 'one of them found nothing to do')

  const pipe = join(host.checkout, 'pipe')
  await run('mkfifo', [pipe])
  const slow = Running.start(t, host.script, [pipe], { namespace: host.namespace })
  await until('the first has the lock', 5000, () => readFileSync(host.lock, 'utf8') === `${slow.pid}\n`)
  const late = await host.apply('-v')
  t.match(late, { code: 75, stderr: `another run (pid ${slow.pid}) is still at work` })
  writeFileSync(pipe, `${SITE}\n`)
  t.equal(await slow.waitForEnd(5000), 0)
  t.match(slow.output, `removed ${ADA} dev tun0`)
})

t.test('4,096 routes take far less than a second, to set, to move, to check and to remove', { skip }, async (t) => {
  const host = await RouteHost.make(t)
  const prefixes = Array.from({ length: 4096 }, (_, n) => `2001:470:c844:${(n << 4).toString(16)}::/60`).slice(16)
  const timed = async (summary: RegExp, ...lines: string[]) => {
    host.write(SITE, ...lines)
    const { code, stdout, cpuMs } = await host.applyTimed('-v')
    t.equal(code, 0)
    t.match(stdout, summary)
    t.ok(cpuMs > 0 && cpuMs < 1000, `${summary.source} in ${cpuMs} ms`)
  }
  await timed(/4081 added/, ...prefixes.map((prefix) => `${prefix} dev tun0`))
  await timed(/4080 changed/, ...prefixes.map((prefix) => `${prefix} dev tun1`))
  await timed(/4081 kept/, ...prefixes.map((prefix) => `${prefix} dev tun1`))
  await timed(/4080 removed/)
  t.same(await host.ours(), [SITE])
  t.match(readFileSync(host.list, 'utf8'), SITE)
})

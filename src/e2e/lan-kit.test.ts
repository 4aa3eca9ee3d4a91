import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type LanFormat, parseLanInterface } from '../domain/lan-interface.ts'
import { parseFqdn } from '../domain/names.ts'
import { addressesOf, gatewayNetworks, planOf, tunnelAddress } from '../domain/plan.ts'
import { contains, formatAddress, formatPrefix, type Prefix, parsePrefix } from '../domain/prefix.ts'
import { renderLan } from '../render/lan.ts'
import { run } from './lab/exec.ts'
import { addLink, addNamespace, type Namespace } from './lab/namespaces.ts'
import { Running } from './lab/process.ts'
import { reasonToSkip } from './lab/requirements.ts'
import { StaticVpn } from './lab/static-vpn.ts'
import { temporaryFolder } from './lab/temporary-folder.ts'
import { OUTSIDE, ping } from './lab/topology.ts'
import { until } from './lab/until.ts'

const LAN = 'br-lan'

const NETWORKD = '/lib/systemd/systemd-networkd'

const PLAN = planOf(parsePrefix('2001:470:c844::/48'))
const PLACE = { number: 2, slot: 0 }
const NETWORKS = gatewayNetworks(PLAN, PLACE)
const { prefix: OWN, address: TUNNEL_ADDRESS } = addressesOf(PLAN, PLACE)
const UNREACHABLE = `unreachable ${OWN} dev lo (proto static )?metric 4096`

/** Somebody's network that is no gateway's: what goes there goes through the tunnel. */
const ELSEWHERE = '2001:db8::1'

const READY_MS = 20_000

function piece(format: LanFormat, network: number, on = LAN): string {
  const facts = { name: parseFqdn('gw.example.org'), plan: PLAN, place: PLACE, network }
  return renderLan(format, { ...facts, interface: parseLanInterface(format, on) })
}

function networkAt(n: number): Prefix {
  const network = NETWORKS[n]
  if (network === undefined) throw new Error(`a gateway has no network ${n}`)
  return network
}

const hostIn = (n: number, host: bigint): string => formatAddress(networkAt(n).address + host)

/** A gateway's router and one host on its LAN; `tun0` plays the tunnel: nobody reads what is sent into it. */
type Lab = { router: Namespace; host: Namespace; folder: string }

async function makeLab(t: Test): Promise<Lab> {
  const router = await addNamespace(t, 'router')
  const host = await addNamespace(t, 'host')
  await router.ip('tuntap add tun0 mode tun', 'link set tun0 up', `addr add ${TUNNEL_ADDRESS}/112 dev tun0`)
  await router.ip('route add 2000::/3 dev tun0')
  await addLink(router, LAN, host, 'eth0')
  // Answers to one host are limited to a few a second; here one host asks them all.
  await router.run('sysctl', ['-qw', 'net.ipv6.icmp.ratelimit=0'])
  return { router, host, folder: temporaryFolder(t) }
}

function write(lab: Lab, name: string, text: string): string {
  const file = join(lab.folder, name)
  writeFileSync(file, text)
  return file
}

/** The commands that a radvd piece names in its comments, as an administrator would copy them. */
async function copyCommands(router: Namespace, text: string): Promise<void> {
  const commands = [...text.matchAll(/^# {3}(.*)$/gm)].map((match) => match[1] ?? '')
  if (commands.length !== 3) throw new Error(`not the three commands that were expected:\n${text}`)
  for (const command of commands) await router.run('sh', ['-ec', command])
}

async function startRadvd(t: Test, lab: Lab, text: string): Promise<void> {
  const [file, pid] = [write(lab, 'radvd.conf', text), join(lab.folder, 'radvd.pid')]
  const args = ['--nodaemon', '--logmethod', 'stderr', '--config', file, '--pidfile', pid]
  const radvd = Running.start(t, 'radvd', args, { namespace: lab.router })
  // Asked to end it takes its helper process along.
  t.teardown(() => radvd.stop())
  await radvd.waitFor(/version .* started/, READY_MS)
}

/** networkd without a system bus: a /run of its own, and a /sys read-only so that it doesn't wait for udev. */
const START_NETWORKD = `
set -e
mount -t tmpfs tmpfs /run
for folder in links leases lldp; do mkdir -p /run/systemd/netif/$folder; done
chown -R systemd-network:systemd-network /run/systemd/netif
mount -o remount,bind,ro /sys
mount -t tmpfs tmpfs /lib/systemd/network
mount --bind "$1" /etc/systemd/network
exec env SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=info ${NETWORKD}
`

function startNetworkd(t: Test, lab: Lab, files: Record<string, string>): Running {
  const folder = join(lab.folder, 'network')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', START_NETWORKD, 'sh', folder]
  return Running.start(t, 'unshare', args, { namespace: lab.router })
}

/** Waits until a host has numbered itself in a network and knows its router, and answers with its address. */
async function waitForAddress(host: Namespace, n: number): Promise<string> {
  let found: string | undefined
  await until(`the host has an address in ${formatPrefix(networkAt(n))}`, READY_MS, async () => {
    const text = await host.run('ip', ['-6', '-o', 'addr', 'show', 'dev', 'eth0', 'scope', 'global', '-tentative'])
    const addresses = [...text.matchAll(/inet6 ([0-9a-f:]+)\/64/g)].map((match) => match[1] ?? '')
    found = addresses.find((address) => contains(networkAt(n), parsePrefix(`${address}/128`)))
    const routes = await host.run('ip', ['-6', 'route', 'show', 'default'])
    return found !== undefined && /^default via fe80::\S+ dev eth0 proto ra/.test(routes)
  })
  return found ?? ''
}

/** How many packets the router has sent on through a device: its own, such as those of multicast, don't count. */
async function forwarded(router: Namespace, device: string): Promise<number> {
  const text = await router.run('cat', [`/proc/net/dev_snmp6/${device}`])
  return Number(/^Ip6OutForwDatagrams\s+(\d+)$/m.exec(text)?.[1])
}

type Echo = 'answered' | 'refused' | 'silence'

/** What comes of an echo request: the first answer or refusal counts, and silence takes its time. */
async function echo(host: Namespace, to: string, ...args: string[]): Promise<Echo> {
  const { code, stdout } = await host.exec('ping', ['-6', '-n', '-c', '1', '-w', '5', ...args, to])
  if (code === 0) return 'answered'
  return /Destination unreachable/.test(stdout) ? 'refused' : 'silence'
}

/** Sends one echo request that nothing is to come of, and answers how many packets went on through a device for it. */
async function countOf(host: Namespace, to: string, router: Namespace, device = 'tun0'): Promise<number> {
  const before = await forwarded(router, device)
  const { code, stdout } = await host.exec('ping', ['-6', '-n', '-c', '1', '-W', '1', to])
  if (code === 0 || /unreachable/.test(stdout)) throw new Error(`there was an answer from ${to}:\n${stdout}`)
  return (await forwarded(router, device)) - before
}

/** That a LAN is as it should be: the way out leads into the tunnel, and that to networks not in use to a refusal. */
async function checkLan(t: Test, { router, host }: Lab, inUse: readonly number[]): Promise<void> {
  t.match(await router.run('ip', ['-6', 'route', 'show', 'type', 'unreachable']), new RegExp(UNREACHABLE))
  const before = await forwarded(router, 'tun0')
  for (let n = 0; n < 15; n++) {
    if (!inUse.includes(n)) t.equal(await echo(host, hostIn(n, 1n)), 'refused', `network ${n.toString(16)}`)
  }
  if (!inUse.includes(15)) t.equal(await echo(host, hostIn(15, 0x1_0002n)), 'refused', 'network f, beyond the tunnel')
  t.equal(await forwarded(router, 'tun0'), before, 'nothing of it went into the tunnel')
  t.equal(await echo(host, TUNNEL_ADDRESS), 'answered', 'the tunnel’s own address is reached')
  t.equal(await countOf(host, ELSEWHERE, router), 1, 'what is for elsewhere goes into the tunnel')
}

t.test('radvd accepts what is printed for it', { skip: reasonToSkip('radvd') ?? false }, async (t) => {
  const folder = temporaryFolder(t)
  for (let n = 0; n < 16; n++) {
    const file = join(folder, `${n}.conf`)
    for (const on of [LAN, 'br-lan.2', 'eth0_1', 'e', 'a23456789012345', 'feed', 'default0']) {
      writeFileSync(file, piece('radvd', n, on))
      await t.resolves(run('radvd', ['--configtest', '--logmethod', 'stderr', '--config', file]), `${n} on ${on}`)
    }
  }
})

t.test('the radvd piece, its commands first', { skip: reasonToSkip('radvd', 'ping') ?? false }, async (t) => {
  const lab = await makeLab(t)
  const text = piece('radvd', 5)
  await copyCommands(lab.router, text)
  await startRadvd(t, lab, text)
  const address = await waitForAddress(lab.host, 5)
  t.equal(await echo(lab.router, address), 'answered', 'the router reaches the host')
  t.equal(await echo(lab.host, hostIn(5, 1n)), 'answered', 'the host reaches the router')
  await checkLan(t, lab, [5])

  await lab.router.ip6(`route del unreachable ${OWN} metric 4096`)
  t.equal(await countOf(lab.host, hostIn(6, 1n), lab.router), 1, 'without the route it goes into the tunnel')
})

t.test('network f on a LAN, beside the tunnel', { skip: reasonToSkip('radvd', 'ping') ?? false }, async (t) => {
  const lab = await makeLab(t)
  const text = piece('radvd', 15)
  await copyCommands(lab.router, text)
  await startRadvd(t, lab, text)
  const address = await waitForAddress(lab.host, 15)
  const tunnel = { address: tunnelAddress(PLAN, PLACE) - 1n, length: 112 }
  t.notOk(contains(tunnel, parsePrefix(`${address}/128`)), 'its address is none of the tunnel’s')
  t.equal(await echo(lab.router, address), 'answered', 'the router reaches the host')
  t.equal(await echo(lab.host, hostIn(15, 0x1_0001n)), 'answered', 'the host reaches the router’s address on the LAN')
  t.match(
    await lab.router.run('ip', ['route', 'get', hostIn(15, 9n)]),
    ' dev tun0 ',
    'the tunnel’s part is the tunnel’s',
  )
  await checkLan(t, lab, [15])
})

t.test('the ifupdown piece beside an IPv4 of before', { skip: reasonToSkip('ifup', 'radvd') ?? false }, async (t) => {
  for (const n of [0, 15]) {
    const lab = await makeLab(t)
    const more = write(lab, 'vpnunit', piece('ifupdown', n))
    const ipv4 = `auto ${LAN}\niface ${LAN} inet static\n    address 192.168.1.1/24\n`
    const all = write(lab, 'interfaces', `${ipv4}source ${more}\n`)
    const args = ['--interfaces', all, '--state-dir', lab.folder, '--no-scripts', LAN]
    // Down and up again, as the piece's first line says for a LAN that is up.
    await lab.router.run('ifup', args)
    await lab.router.run('ifdown', args)
    await lab.router.run('ifup', args)
    t.match(await lab.router.run('ip', ['addr', 'show', 'dev', LAN]), 'inet 192.168.1.1/24')
    await startRadvd(t, lab, piece('radvd', n))
    await waitForAddress(lab.host, n)
    await checkLan(t, lab, [n])
  }
})

const NO_NETWORKD = reasonToSkip('networkctl', 'unshare', 'ping') ?? false

t.test('the systemd-networkd piece, for networkd itself', { skip: NO_NETWORKD }, async (t) => {
  for (const n of [0, 15]) {
    const lab = await makeLab(t)
    const networkd = startNetworkd(t, lab, { [`30-vpnunit-${LAN}.network`]: piece('systemd-networkd', n) })
    await waitForAddress(lab.host, n)
    await checkLan(t, lab, [n])
    t.match(networkd.output, `${LAN}: Configuring with /etc/systemd/network/30-vpnunit-${LAN}.network`)
    t.notMatch(networkd.output, /\.network:\d+:|ignoring/i, 'it complains of no line')
  }
})

t.test('the same as a drop-in, and another network on another LAN', { skip: NO_NETWORKD }, async (t) => {
  const lab = await makeLab(t)
  const guest = await addNamespace(t, 'guest')
  await addLink(lab.router, 'guests', guest, 'eth0')
  const networkd = startNetworkd(t, lab, {
    '10-lan.network': `[Match]\nName=${LAN}\n\n[Network]\nAddress=192.168.1.1/24\n`,
    '10-lan.network.d/vpnunit.conf': piece('systemd-networkd', 1),
    '30-vpnunit-guests.network': piece('systemd-networkd', 2, 'guests'),
  })
  await waitForAddress(lab.host, 1)
  const there = await waitForAddress(guest, 2)
  t.match(await lab.router.run('ip', ['addr', 'show', 'dev', LAN]), 'inet 192.168.1.1/24')
  t.equal(await echo(lab.host, there), 'answered', 'the LANs reach each other')
  await checkLan(t, lab, [1, 2])
  await checkLan(t, { ...lab, host: guest }, [1, 2])
  t.notMatch(networkd.output, /(\.network|\.conf):\d+:|ignoring/i, 'it complains of no line')
})

const NO_VPN = reasonToSkip('openvpn', 'radvd', 'ping') ?? false

t.test('a LAN behind a real tunnel: whole packets pass, and nothing goes round', { skip: NO_VPN }, async (t) => {
  const vpn = await StaticVpn.make(t)
  await vpn.addUsers('ada')
  const gateway = await vpn.addGateway('gw.example.org', 'ada')
  t.equal(gateway.prefix, OWN)
  const router = await vpn.topology.addGuest(4)
  const host = await addNamespace(t, 'host')
  await addLink(router, LAN, host, 'eth0')
  await vpn.connect(router, await vpn.download(gateway.name))
  t.match(await vpn.applyRoutes(), { code: 0 })
  const lab = { router, host, folder: temporaryFolder(t) }
  await copyCommands(router, piece('radvd', 0))
  await startRadvd(t, lab, piece('radvd', 0))
  await waitForAddress(host, 0)
  await ping(host, OUTSIDE)
  t.equal(await echo(host, OUTSIDE, '-M', 'do', '-s', '1452'), 'answered', 'a packet of 1500 bytes passes whole')
  const before = await forwarded(vpn.topology.server, 'tun0')
  t.equal(await echo(host, hostIn(7, 1n)), 'refused')
  t.equal(await forwarded(vpn.topology.server, 'tun0'), before, 'the server has seen nothing of it')
  await router.ip6(`route del unreachable ${OWN} metric 4096`)
  t.equal(await echo(host, hostIn(7, 1n)), 'silence')
  t.ok(
    (await forwarded(vpn.topology.server, 'tun0')) > before + 20,
    'without the route one packet passed it many times',
  )
})

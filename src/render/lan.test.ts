import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LAN_FORMATS, type LanFormat, type LanInterface, parseLanInterface } from '../domain/lan-interface.ts'
import { parseFqdn } from '../domain/names.ts'
import { gatewayNetworks, gatewayPrefix, planOf, tunnelAddress } from '../domain/plan.ts'
import { contains, formatAddress, formatPrefix, parsePrefix } from '../domain/prefix.ts'
import { renderLan } from './lan.ts'

const PLAN = planOf(parsePrefix('2001:470:c844::/48'))
const PLACE = { number: 2, slot: 0 }
const NETWORKS = Array.from({ length: 16 }, (_, n) => n)

const nameFor = (format: LanFormat) => (format === 'openwrt' ? 'lan' : 'br-lan')

function render(format: LanFormat, network: number, { plan = PLAN, place = PLACE } = {}): string {
  const facts = { name: parseFqdn('gw.example.org'), plan, place, network }
  return renderLan(format, { ...facts, interface: parseLanInterface(format, nameFor(format)) })
}

/** The lines that do something: neither comments nor blank. */
function instructions(text: string): string {
  return text.replaceAll(/^#.*\n/gm, '')
}

for (const format of LAN_FORMATS) {
  for (const digit of ['0', 'f']) {
    t.test(`network ${digit} for ${format} is what its golden file says`, async (t) => {
      const golden = readFileSync(join(import.meta.dirname, `testdata/lan-${format}-${digit}`), 'utf8')
      t.equal(render(format, Number.parseInt(digit, 16)), golden)
    })
  }
}

t.test('each of the sixteen networks is put where it belongs, and the route is for the whole /60', async (t) => {
  for (const site of ['2001:470:c844::/48', '2001:db8::/32', 'fd00::/24', '2001:db8:1234:400::/54']) {
    const plan = planOf(parsePrefix(site))
    for (const format of LAN_FORMATS) for (const network of NETWORKS) checkNetwork(t, format, plan, network)
  }
})

function checkNetwork(t: Test, format: LanFormat, plan: typeof PLAN, n: number): void {
  const place = { number: 3, slot: 9 }
  const text = instructions(render(format, n, { plan, place }))
  const network = gatewayNetworks(plan, place)[n]
  if (network === undefined) throw new Error('there are sixteen')
  const own = formatAddress(network.address + (n === 15 ? 0x1_0001n : 1n))
  const whole = formatPrefix(gatewayPrefix(plan, place))
  const about = `${format} ${formatPrefix(network)}`
  if (format === 'radvd') t.match(text, `prefix ${formatPrefix(network)}\n`, about)
  else t.match(text, `${own}/64`, about)
  if (format !== 'radvd') t.match(text, whole, about)
  if (format === 'systemd-networkd') t.match(text, `Prefix=${formatPrefix(network)}\n`, about)
}

t.test('in network f the router keeps out of the part that is the tunnel’s, and says so', async (t) => {
  const part = { address: tunnelAddress(PLAN, PLACE) - 1n, length: 112 }
  t.equal(formatPrefix(part), '2001:470:c844:20f::/112')
  t.notOk(contains(part, { address: part.address + 0x1_0001n, length: 128 }))
  for (const format of LAN_FORMATS) {
    t.match(render(format, 15), '2001:470:c844:20f::1:1/64', format)
    t.match(render(format, 15), 'keeps out of 2001:470:c844:20f::/112', format)
    t.notMatch(render(format, 15), '2001:470:c844:20f::1/', format)
    for (const network of NETWORKS.slice(0, 15)) t.notMatch(render(format, network), 'keeps out', format)
  }
})

t.test('network f is announced as not on the link, the others as on it', async (t) => {
  const words = { radvd: ['AdvOnLink on;', 'AdvOnLink off;'], 'systemd-networkd': ['OnLink=yes\n', 'OnLink=no\n'] }
  for (const [format, [on, off]] of Object.entries(words)) {
    for (const network of NETWORKS) t.match(render(format as LanFormat, network), network === 15 ? off : on)
  }
})

t.test('the first line says what it is, where it belongs and how it begins to count', async (t) => {
  const wanted: Record<LanFormat, RegExp> = {
    radvd: /^# vpnunit: network 5 of gw\.example\.org on br-lan: .*\/etc\/radvd\.conf, then systemctl restart radvd$/,
    ifupdown: /^# vpnunit: network 5 of .*\/etc\/network\/interfaces\.d\/vpnunit-5, then ifdown br-lan; ifup br-lan$/,
    'systemd-networkd': /^# .*\/etc\/systemd\/network\/30-vpnunit-br-lan\.network, then networkctl reload$/,
    openwrt:
      /^# .*\/tmp\/vpnunit\.uci, then uci get network\.lan\.proto && uci batch < \/tmp\/vpnunit\.uci && reload_config$/,
  }
  for (const format of LAN_FORMATS) t.match(render(format, 5).split('\n', 1)[0], wanted[format])
})

t.test('no MTU is advertised: the tunnel passes packets of 1500 bytes', async (t) => {
  for (const format of LAN_FORMATS) t.notMatch(render(format, 0), /mtu/i, format)
})

t.test('a network that is none and an interface that was not parsed are bugs, not text', async (t) => {
  for (const network of [-1, 16, 0.5, Number.NaN]) t.throws(() => render('radvd', network), /has no network/)
  const facts = { name: parseFqdn('gw.example.org'), plan: PLAN, place: PLACE, network: 0 }
  t.throws(() => renderLan('radvd', { ...facts, interface: 'a\n{' as LanInterface }), /not one word/)
})

import t, { type Test } from 'tap'
import { LAN_FORMATS, type LanFormat, parseLanInterface } from '../domain/lan-interface.ts'
import { parseFqdn } from '../domain/names.ts'
import { renderLan } from '../render/lan.ts'
import { openTestApp } from '../testing/test-unit.ts'

const NAME = 'gw.example.org'

async function appWithGateway(t: Test) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', { name: NAME, user: 'ada', slot: 1 })
  const piece = (format: LanFormat, on: string, network = 0) =>
    renderLan(format, {
      name: parseFqdn(NAME),
      plan: app.unit.config.plan,
      place: { number: 2, slot: 1 },
      network,
      interface: parseLanInterface(format, on),
    })
  return { ...app, piece }
}

t.test('the piece is printed as text, for both spellings of the path', async (t) => {
  const { ask, piece } = await appWithGateway(t)
  for (const path of ['gateway', 'gateways']) {
    const { status, headers, text } = await ask('GET', `/${path}/${NAME}/lan?format=radvd&interface=br-lan&network=b`)
    t.equal(status, 200)
    t.equal(headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(text, piece('radvd', 'br-lan', 11))
    t.match(text, 'prefix 2001:470:c844:21b::/64')
  }
})

t.test('without a format it is for radvd, without a network it is network 0', async (t) => {
  const { ask, piece } = await appWithGateway(t)
  t.equal((await ask('GET', `/gateway/${NAME}/lan?interface=lan0`)).text, piece('radvd', 'lan0'))
})

t.test('every format has its piece', async (t) => {
  const { ask, piece } = await appWithGateway(t)
  for (const format of LAN_FORMATS) {
    const { text } = await ask('GET', `/gateway/${NAME}/lan?interface=lan&network=f&format=${format}`)
    t.equal(text, piece(format, 'lan', 15), format)
  }
})

t.test('the interface has no default: a wrong one would not show', async (t) => {
  const { ask } = await appWithGateway(t)
  const { status, body } = await ask('GET', `/gateway/${NAME}/lan`)
  t.equal(status, 400)
  t.match(body, { type: '/problems/bad-request', errors: [{ field: '/interface', message: 'is missing' }] })
})

t.test('a hostile interface is refused, with the reason and on one line', async (t) => {
  const { ask } = await appWithGateway(t)
  for (const on of [
    'lan 0',
    'lan\n0',
    'lan;',
    "lan'",
    'lan{',
    '../lan',
    '',
    'a234567890123456',
    'l\u00e4n',
    '\u0000',
  ]) {
    for (const format of LAN_FORMATS) {
      const url = `/gateway/${NAME}/lan?format=${format}&interface=${encodeURIComponent(on)}`
      const { status, body } = await ask('GET', url)
      t.equal(status, 400)
      t.match(body, { type: '/problems/bad-request', detail: /^[^\n]* is refused as the interface: .*15 at most\.$/ })
    }
  }
  const { status, body } = await ask('GET', `/gateway/${NAME}/lan?interface=${'x'.repeat(300)}`)
  t.equal(status, 400)
  t.match(body, { detail: /255/ })
})

t.test('OpenWrt wants a section, and is told so', async (t) => {
  const { ask } = await appWithGateway(t)
  const { status, body } = await ask('GET', `/gateway/${NAME}/lan?format=openwrt&interface=br-lan`)
  t.equal(status, 400)
  t.match(body, { detail: /the interface section, such as lan, not its device/ })
})

t.test('what is no format, no network or unknown is refused by name', async (t) => {
  const { ask } = await appWithGateway(t)
  const wrong: [string, object][] = [
    ['format=netplan', { field: '/format', message: /radvd, ifupdown, systemd-networkd, openwrt/ }],
    ['format=radvd&format=openwrt', { field: '/format' }],
    ['network=10', { field: '/network' }],
    ['network=F', { field: '/network' }],
    ['network=', { field: '/network' }],
    ['network=g', { field: '/network' }],
    ['interface=b', { field: '/interface' }],
    ['device=br-lan', { field: '/device', message: 'is unknown here' }],
  ]
  for (const [query, fault] of wrong) {
    const { status, body } = await ask('GET', `/gateway/${NAME}/lan?interface=a&${query}`)
    t.equal(status, 400, query)
    t.match(body, { type: '/problems/bad-request', errors: [fault] }, query)
  }
})

t.test('a gateway that is not there, or no name at all, is refused as elsewhere', async (t) => {
  const { ask } = await appWithGateway(t)
  t.match((await ask('GET', '/gateway/other.example.org/lan?interface=lan0')).body, {
    type: '/problems/gateway-unknown',
  })
  t.match((await ask('GET', '/gateway/GW/lan?interface=lan0')).body, { type: '/problems/bad-name' })
})

t.test('a disabled gateway’s LAN can be prepared', async (t) => {
  const { ask } = await appWithGateway(t)
  await ask('PATCH', `/gateway/${NAME}`, { disabled: true })
  t.equal((await ask('GET', `/gateway/${NAME}/lan?interface=lan0`)).status, 200)
})

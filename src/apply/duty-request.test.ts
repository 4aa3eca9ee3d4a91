import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { NASTY_BODIES, NASTY_CHANGES, NASTY_TEXTS, NASTY_VALUES } from '../testing/nasty.ts'
import { type Bounds, parseDutyRequest } from './duty-request.ts'

const bounds: Bounds = { plan: planOf(parsePrefix('2001:470:c844::/48')), device: 'tun0', instances: [0, 2] }
const A = '2001:470:c844:200::/60'

const parse = (value: unknown) => parseDutyRequest(JSON.stringify(value), bounds)
const routes = (...list: unknown[]) => parse({ id: 7, duty: 'routes', routes: list })

t.test('a set of routes', async (t) => {
  const list = [
    { prefix: A, device: 'tun0' },
    { prefix: '2001:470:c844:fff0::/60', device: 'tun2' },
  ]
  const wanted = new Map([
    [A, 'tun0'],
    ['2001:470:c844:fff0::/60', 'tun2'],
  ])
  t.same(routes(...list), { id: 7, wanted: { duty: 'routes', routes: wanted } })
  t.same(routes(), { id: 7, wanted: { duty: 'routes', routes: new Map() } }, 'of none')
})

t.test('a report', async (t) => {
  t.same(parse({ id: 1, duty: 'report' }), { id: 1, wanted: { duty: 'report' } })
})

t.test('a prefix that is no gateway’s refuses the whole request', async (t) => {
  const foreign = {
    'of another site': '2001:470:c845:200::/60',
    'of the tunnels': '2001:470:c844::/60',
    'of a reserved user': '2001:470:c844:1f0::/60',
    'shorter than a gateway’s': '2001:470:c844:200::/56',
    'longer than a gateway’s': '2001:470:c844:200::/64',
    'of all': '::/0',
    'of the whole site': '2001:470:c844::/48',
    'with bits behind its length': '2001:470:c844:201::/60',
    'in upper case': '2001:470:C844:200::/60',
    'with an option behind it': `${A} via fe80::1`,
  }
  for (const [what, prefix] of Object.entries(foreign)) {
    const parsed = routes({ prefix: A, device: 'tun0' }, { prefix, device: 'tun0' })
    t.match(parsed, { id: 7, fault: String }, what)
  }
})

t.test('a device of no instance refuses the whole request', async (t) => {
  for (const device of ['tun1', 'tun', 'eth0', 'lo', '', 'tun0 ', 'tun0\nroute flush', 'TUN0']) {
    t.match(routes({ prefix: A, device }), { id: 7, fault: 'is no device of an instance of this host' }, device)
  }
})

t.test('a prefix twice refuses the whole request', async (t) => {
  const parsed = routes({ prefix: A, device: 'tun0' }, { prefix: A, device: 'tun2' })
  t.same(parsed, { id: 7, fault: `${A} is there twice` })
})

t.test('what is no request of ours is refused, by its id where it has one', async (t) => {
  t.match(parse({ id: 3, duty: 'exec', command: 'id' }), { id: 3, fault: 'none of the duties' })
  t.match(parse({ id: 3, duty: 'report', more: 1 }), { id: 3, fault: 'none of the duties' })
  t.match(parse({ id: 3, duty: 'routes', routes: [], more: 1 }), { id: 3, fault: 'none of the duties' })
  t.match(parse({ id: 3, duty: 'routes', routes: {} }), { id: 3, fault: 'no list' })
  t.match(routes({ prefix: A, device: 'tun0', table: 'local' }), { id: 7, fault: 'not {prefix, device}' })
  for (const id of [0, -1, 1.5, '1', null, 1e300]) t.match(parse({ id, duty: 'report' }), { id: 0, fault: 'id' })
})

t.test('nothing nasty is understood, and nothing throws', async (t) => {
  for (const [what, text] of Object.entries(NASTY_TEXTS)) {
    t.hasProp(parseDutyRequest(text, bounds), 'fault', what)
    t.hasProp(routes({ prefix: text, device: 'tun0' }), 'fault', `${what} as a prefix`)
    t.hasProp(routes({ prefix: A, device: text }), 'fault', `${what} as a device`)
  }
  for (const [what, json] of Object.entries({ ...NASTY_VALUES, ...NASTY_BODIES })) {
    t.hasProp(parseDutyRequest(json, bounds), 'fault', what)
    for (const place of [`{"id":1,"duty":${json}}`, `{"id":1,"duty":"routes","routes":[${json}]}`]) {
      t.hasProp(parseDutyRequest(place, bounds), 'fault', `${what} in a request`)
    }
  }
  const right = JSON.stringify({ duty: 'routes', id: 1, routes: [{ prefix: A, device: 'tun0' }] })
  for (const [what, spoil] of Object.entries(NASTY_CHANGES)) {
    t.hasProp(parseDutyRequest(spoil(right), bounds), 'fault', what)
  }
})

t.test('a fault is one short line, whatever was asked', async (t) => {
  for (const text of Object.values(NASTY_TEXTS)) {
    const parsed = routes({ prefix: A, device: text })
    t.ok('fault' in parsed && parsed.fault.length < 400 && !parsed.fault.includes('\n'))
  }
})

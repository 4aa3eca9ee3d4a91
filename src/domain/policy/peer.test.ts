import fc from 'fast-check'
import t from 'tap'
import { NASTY_TEXTS } from '../../testing/nasty.ts'
import { Problem } from '../problem.ts'
import { formatPeer, parsePeer } from './peer.ts'

const PEERS = [
  'any',
  'internet',
  'host',
  '2001:db8::/32',
  '::/0',
  '2001:db8::1/128',
  'gateway:gw.example.org',
  'user:ada',
  'group:ops',
]

t.test('every kind of peer is written as it was read', async (t) => {
  for (const text of PEERS) t.equal(formatPeer(parsePeer(text)), text)
  t.strictSame(parsePeer('group:ops'), { kind: 'group', name: 'ops' })
  t.strictSame(parsePeer('2001:db8::/32'), { kind: 'prefix', prefix: { address: 0x20010db8n << 96n, length: 32 } })
})

const NO_PEERS = [
  '',
  'Any',
  'any ',
  'all',
  'hosts',
  'gw.example.org',
  'ada',
  'gateway:',
  'user:Ada',
  'group:a_b',
  'user:ada\n',
  'group:a;drop',
]
const NO_NETWORKS = ['2001:db8::1/32', '10.0.0.0/8', 'fe80::1%eth0/64', '2001:db8::/129', '2001:db8::', '2001:DB8::/32']

t.test('what is no peer is refused with what would be right', async (t) => {
  for (const text of [...NO_PEERS, ...NO_NETWORKS, ...Object.values(NASTY_TEXTS)]) {
    t.throws(() => parsePeer(text), { name: 'Problem', code: 'bad-rule' }, text.slice(0, 40))
  }
  t.throws(() => parsePeer('all'), { message: 'write any, internet, host' })
  t.throws(() => parsePeer('2001:DB8::/32'), { message: 'write 2001:db8::/32' })
})

t.test('nothing nasty becomes a peer behind a kind’s name', async (t) => {
  for (const kind of ['gateway', 'user', 'group']) {
    for (const [what, text] of Object.entries(NASTY_TEXTS)) {
      if (text === 'constructor' && kind !== 'gateway') continue
      t.throws(() => parsePeer(`${kind}:${text}`), { code: 'bad-rule' }, `${kind}: ${what}`)
    }
  }
})

t.test('whatever the text is, it is refused as a Problem or written back to the letter', async () => {
  const nearly = fc.string({
    unit: fc.constantFrom(...'any', 'host', 'user:', 'group:', ...'a0:-./\n '),
    maxLength: 12,
  })
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      try {
        return formatPeer(parsePeer(text)) === text
      } catch (error) {
        return error instanceof Problem && error.code === 'bad-rule' && !error.message.includes('\n')
      }
    }),
    { numRuns: 1000 },
  )
})

t.test('an address alone is told its length', async (t) => {
  t.throws(() => parsePeer('2001:db8::1'), {
    code: 'bad-rule',
    message: '"2001:db8::1" is an address, and a peer is a network: write 2001:db8::1/128',
  })
  t.throws(() => parsePeer('2001:DB8:0::1'), { code: 'bad-rule', message: 'write 2001:db8::1/128' })
  for (const text of ['::g', ':', '1::2::3', '192.0.2.1']) t.throws(() => parsePeer(text), { code: 'bad-rule' }, text)
})

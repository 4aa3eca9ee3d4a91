import t from 'tap'
import { ipOctets } from './ip-octets.ts'

t.test('an address in any spelling has 4 or 16 octets in network order', async (t) => {
  const right: [string, string][] = [
    ['192.0.2.1', 'c0000201'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['2001:470:c844::', `20010470c844${'0'.repeat(20)}`],
    ['2001:470:C844:0:0:0:0:1', `20010470c844${'0'.repeat(19)}1`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', `${'0'.repeat(20)}ffffc0000201`],
  ]
  for (const [text, hex] of right) t.equal(ipOctets(text)?.toString('hex'), hex, text)
})

t.test('a name, a zone and a network are no address', async (t) => {
  for (const text of [
    'vpn.example.org',
    'localhost',
    '',
    '1.2.3',
    '01.2.3.4',
    'fe80::1%eth0',
    '2001:db8::/32',
    '[::1]',
  ]) {
    t.equal(ipOctets(text), undefined, text)
  }
})

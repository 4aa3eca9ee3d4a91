import { BlockList } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { contains, formatAddress, formatPrefix, parsePrefix } from './prefix.ts'
import { Problem } from './problem.ts'

/** Addresses of all kinds, with runs of zeros in many of them. */
const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
const groups = fc.array(group, { minLength: 8, maxLength: 8 })
const toAddress = (parts: number[]) => parts.reduce((address, part) => (address << 16n) | BigInt(part), 0n)
const address = groups.map(toAddress)
const prefix = fc.tuple(address, fc.integer({ min: 0, max: 128 })).map(([bits, length]) => {
  const below = BigInt(128 - length)
  return { address: (bits >> below) << below, length }
})

/** The judge of spellings: the serialisation of the URL standard, which is that of RFC 5952. */
const spelledByUrl = (text: string) => new URL(`http://[${text}]`).hostname.slice(1, -1)

t.test('a network in its one spelling is read', async (t) => {
  t.same(parsePrefix('2001:470:c844::/48'), { address: 0x20010470c844n << 80n, length: 48 })
  t.same(parsePrefix('2000::/3'), { address: 1n << 125n, length: 3 })
  t.same(parsePrefix('::/0'), { address: 0n, length: 0 })
  t.same(parsePrefix('::1/128'), { address: 1n, length: 128 })
  t.same(parsePrefix('1:2:3:4:5:6:7:8/128'), { address: 0x00010002000300040005000600070008n, length: 128 })
  t.same(parsePrefix('64:ff9b::/96'), { address: 0x64ff9bn << 96n, length: 96 })
})

const OTHER_SPELLINGS = {
  'host bits': ['2001:470:c844::1/48', '2001:470:c844::/48'],
  'a host bit just below the length': ['2001:470:c844:8000::/48', '2001:470:c844::/48'],
  'upper case': ['2001:DB8::/32', '2001:db8::/32'],
  'a leading zero': ['2001:0db8::/32', '2001:db8::/32'],
  'zeros written out': ['2001:db8:0:0:0:0:0:0/32', '2001:db8::/32'],
  'the wrong zeros shortened': ['::1:0:0:0:0/80', '0:0:0:1::/80'],
  'one zero shortened': ['1:2:3:4:5:6:7::/128', '1:2:3:4:5:6:7:0/128'],
  'zeros shortened too little': ['2001:db8:0::/48', '2001:db8::/48'],
}

for (const [what, [text, right]] of Object.entries(OTHER_SPELLINGS)) {
  t.test(`${what} is refused, with the right spelling`, async (t) => {
    t.throws(() => parsePrefix(text as string), { code: 'bad-prefix', message: `write ${right}` })
  })
}

const NO_NETWORKS = [
  '',
  '/',
  '/48',
  '2001:db8::',
  '2001:db8::/',
  '2001:db8::/08',
  '2001:db8::/032',
  '2001:db8::/129',
  '2001:db8::/999',
  '2001:db8::/1000',
  '2001:db8::/-1',
  '2001:db8::/+32',
  '2001:db8::/3e1',
  '2001:db8::/32.0',
  '2001:db8::/0x20',
  '2001:db8::/32/32',
  '2001:db8::/32 ',
  ' 2001:db8::/32',
  '2001:db8::/32\n',
  '2001:db8::\n/32',
  '2001:db8::/32\nreboot',
  '2001:db8::/32\0',
  '2001:db8::/３２',
  'fe80::%eth0/64',
  'fe80::1%eth0/64',
  '[2001:db8::]/32',
  '1.2.3.0/24',
  '0.0.0.0/0',
  '::1.2.3.4/128',
  '::ffff:1.2.3.4/128',
  '64:ff9b::1.2.3.4/128',
  '1::2::/48',
  ':::/0',
  '1:2:3:4:5:6:7/112',
  '1:2:3:4:5:6:7:8:9/128',
  '12345::/16',
  'g::/16',
  '2001;db8::/32',
  'none',
  '../../etc/passwd',
  '$(reboot)',
  `${'0'.repeat(10_000)}::/32`,
]

for (const text of NO_NETWORKS) {
  t.test(`${JSON.stringify(text.slice(0, 40))} is no network`, async (t) => {
    t.throws(() => parsePrefix(text), {
      code: 'bad-prefix',
      message: 'is not an IPv6 network such as 2001:470:c844::/48',
    })
  })
}

t.test('whatever the text is, it is refused as a Problem or written back to the letter', async () => {
  const anyText = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes))
  const nearly = fc.string({ unit: fc.constantFrom(...'0123456789abcdfF:./%- \n'), maxLength: 24 })
  fc.assert(
    fc.property(fc.oneof(anyText, nearly), (text) => {
      try {
        return formatPrefix(parsePrefix(text)) === text
      } catch (error) {
        return error instanceof Problem && error.code === 'bad-prefix' && !error.message.includes('\n')
      }
    }),
    { numRuns: 1000 },
  )
})

t.test('every network survives being written and read', async () => {
  fc.assert(
    fc.property(prefix, (network) => {
      const { address, length } = parsePrefix(formatPrefix(network))
      return address === network.address && length === network.length
    }),
  )
})

/** RFC 5952, by section: what it recommends. */
const RECOMMENDED = {
  '4.1 leading zeros are left away': ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  '4.2.1 the zeros are shortened as far as can be': ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  '4.2.2 a single zero is not shortened': ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  '4.2.3 the longest run is': ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  '4.2.3 of two equally long ones the first is': ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  '4.3 letters are small': ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAA1', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa1'],
  'a run at the beginning': ['0:0:0:0:0:0:0:1', '::1'],
  'a run at the end': ['1:0:0:0:0:0:0:0', '1::'],
  'nothing but zeros': ['0:0:0:0:0:0:0:0', '::'],
  'all ones': ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
}

for (const [section, [full, short]] of Object.entries(RECOMMENDED)) {
  t.test(`RFC 5952, ${section}`, async (t) => {
    const parts = (full as string).split(':').map((part) => Number.parseInt(part, 16))
    t.equal(formatAddress(toAddress(parts)), short)
  })
}

t.test('an address is spelled as a URL spells it', async () => {
  fc.assert(
    fc.property(groups, (parts) => {
      const written = parts.map((part) => part.toString(16)).join(':')
      return formatAddress(toAddress(parts)) === spelledByUrl(written)
    }),
    { numRuns: 2000 },
  )
})

t.test('a network contains itself, its parts and nothing beside it', async (t) => {
  const site = parsePrefix('2001:470:c844::/48')
  t.equal(contains(site, site), true)
  t.equal(contains(site, parsePrefix('2001:470:c844:ffff::/64')), true)
  t.equal(contains(site, parsePrefix('2001:470:c844:ffff:ffff:ffff:ffff:ffff/128')), true)
  t.equal(contains(site, parsePrefix('2001:470:c845::/48')), false)
  t.equal(contains(site, parsePrefix('2001:470:c843:ffff::/64')), false)
  t.equal(contains(site, parsePrefix('2001:470::/32')), false, 'what it is itself a part of')
  t.equal(contains(parsePrefix('::/0'), site), true)
})

t.test('an address is inside a network exactly when node:net’s list of networks says so', async () => {
  fc.assert(
    fc.property(prefix, address, (network, inside) => {
      const judge = new BlockList()
      judge.addSubnet(formatAddress(network.address), network.length, 'ipv6')
      const expected = judge.check(formatAddress(inside), 'ipv6')
      return contains(network, { address: inside, length: 128 }) === expected
    }),
  )
})

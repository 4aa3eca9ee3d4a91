import fc from 'fast-check'
import t from 'tap'
import {
  addressesOf,
  FIRST_USER,
  gatewayNetworks,
  gatewayNetworkTexts,
  gatewayPrefix,
  hexOf,
  instanceAddress,
  instanceNetwork,
  lastUser,
  lowestFree,
  type Place,
  placeOf,
  planOf,
  SLOTS,
  TUNNEL_LENGTH,
  tunnelAddress,
  userPrefix,
} from './plan.ts'
import { contains, formatAddress, formatPrefix, type Prefix, parsePrefix } from './prefix.ts'

const SITE = parsePrefix('2001:470:c844::/48')
const PLAN = planOf(SITE)

/** Every gateway that a /48 can have. */
const PLACES: Place[] = []
for (let number = 2; number <= 0xff; number++) for (let slot = 0; slot < 16; slot++) PLACES.push({ number, slot })

const lastOf = ({ address, length }: Prefix) => address | ((1n << BigInt(128 - length)) - 1n)
const overlap = (a: Prefix, b: Prefix) => a.address <= lastOf(b) && b.address <= lastOf(a)

t.test('the example of the design: user 02, gateway 0', async (t) => {
  const place = { number: 0x02, slot: 0 }
  t.equal(formatPrefix(gatewayPrefix(PLAN, place)), '2001:470:c844:200::/60')
  t.equal(formatAddress(tunnelAddress(PLAN, place)), '2001:470:c844:20f::1')
  t.equal(formatPrefix(userPrefix(PLAN, 0x02)), '2001:470:c844:200::/56')
  t.same(addressesOf(PLAN, place), { prefix: '2001:470:c844:200::/60', address: '2001:470:c844:20f::1' })
})

t.test('the sixteen networks of a gateway are P:uugn::/64, n = 0 to f', async (t) => {
  const networks = gatewayNetworks(PLAN, { number: 0xab, slot: 0xc })
  t.same(
    networks.map(formatPrefix),
    [...'0123456789abcdef'].map((n) => `2001:470:c844:abc${n}::/64`),
  )
})

t.test('in text they are what each is on its own, whatever groups are zero', async (t) => {
  const sites = ['2001:470:c844::/48', '2001:db8::/40', '2001:db8::/32', 'fd00::/24', '2001:db8:1:8000::/54']
  for (const plan of sites.map((site) => planOf(parsePrefix(site)))) {
    for (const number of [2, 3, lastUser(plan) & 0xff00, lastUser(plan)].filter((some) => some >= 2)) {
      for (const slot of [0, 1, 15]) {
        const networks = gatewayNetworks(plan, { number, slot }).map(formatPrefix)
        t.same(gatewayNetworkTexts(plan, { number, slot }), networks)
      }
    }
  }
})

t.test('an instance has P:00kk::/64 and is P:00kk::1', async (t) => {
  t.equal(formatPrefix(instanceNetwork(PLAN, 0)), '2001:470:c844::/64')
  t.equal(formatAddress(instanceAddress(PLAN, 0)), '2001:470:c844::1')
  t.equal(formatPrefix(instanceNetwork(PLAN, 0xff)), '2001:470:c844:ff::/64')
  t.equal(formatAddress(instanceAddress(PLAN, 0x0b)), '2001:470:c844:b::1')
})

t.test('a /48 has 254 users with 16 gateways each, and no two prefixes overlap', async (t) => {
  t.equal(PLACES.length, 254 * 16)
  const prefixes = PLACES.map((place) => gatewayPrefix(PLAN, place)).sort((a, b) => (a.address < b.address ? -1 : 1))
  const clash = prefixes.findIndex((prefix, n) => n > 0 && lastOf(prefixes[n - 1] as Prefix) >= prefix.address)
  t.equal(clash, -1)
  t.equal(new Set(prefixes.map(formatPrefix)).size, 254 * 16)
})

t.test('every prefix is a /60 inside the site prefix and its user’s /56, and none is in 00 or 01', async (t) => {
  const reserved = [userPrefix(PLAN, 0), userPrefix(PLAN, 1)]
  const wrong = PLACES.filter((place) => {
    const prefix = gatewayPrefix(PLAN, place)
    const isInside = contains(SITE, prefix) && contains(userPrefix(PLAN, place.number), prefix)
    return prefix.length !== 60 || !isInside || reserved.some((block) => overlap(block, prefix))
  })
  t.same(wrong, [])
})

t.test('the blocks of users are /56 inside the site prefix, one after another', async (t) => {
  for (let number = 0; number < 0xff; number++) {
    const block = userPrefix(PLAN, number)
    if (!contains(SITE, block) || lastOf(block) + 1n !== userPrefix(PLAN, number + 1).address) t.fail(`block ${number}`)
  }
  t.equal(lastOf(userPrefix(PLAN, 0xff)), lastOf(SITE))
})

t.test('a prefix says whose it is', async (t) => {
  const lost = PLACES.filter((place) => {
    const found = placeOf(PLAN, parsePrefix(formatPrefix(gatewayPrefix(PLAN, place))))
    return found?.number !== place.number || found.slot !== place.slot
  })
  t.same(lost, [])
})

const NOBODYS = {
  'a user’s whole block': '2001:470:c844:200::/56',
  'one network of a gateway': '2001:470:c844:200::/64',
  'the reserved number 00': '2001:470:c844::/60',
  'the reserved number 01': '2001:470:c844:1f0::/60',
  'the site after ours': '2001:470:c845:200::/60',
  'the site before ours': '2001:470:c843:200::/60',
  'the site prefix itself': '2001:470:c844::/48',
}

for (const [what, text] of Object.entries(NOBODYS)) {
  t.test(`no gateway owns ${what}`, async (t) => {
    t.equal(placeOf(PLAN, parsePrefix(text)), undefined)
  })
}

t.test('a tunnel address is ::1 in network f, and what is pushed stays inside that network', async (t) => {
  const wrong = PLACES.filter((place) => {
    const network = gatewayNetworks(PLAN, place)[0xf] as Prefix
    const address = tunnelAddress(PLAN, place)
    const pushed = { address: address - 1n, length: TUNNEL_LENGTH }
    return (
      address !== network.address + 1n || !contains(network, pushed) || !contains(gatewayPrefix(PLAN, place), pushed)
    )
  })
  t.same(wrong, [])
})

t.test('the networks of all 256 instances are apart from each other and from every gateway', async (t) => {
  const tunnels = Array.from({ length: 256 }, (_, instance) => instanceNetwork(PLAN, instance))
  t.equal(new Set(tunnels.map(formatPrefix)).size, 256)
  const own = userPrefix(PLAN, 0)
  t.same(
    tunnels.filter((network) => !contains(own, network)),
    [],
    'they fill the block of the reserved number 00',
  )
  t.same(
    PLACES.filter((place) => overlap(gatewayPrefix(PLAN, place), own)),
    [],
  )
})

const SITES = {
  '2001:400::/24': { bits: 32, last: 4_294_967_295, hex: '00000002' },
  '2001:470:c800::/40': { bits: 16, last: 65_535, hex: '0002' },
  '2001:470:c840::/44': { bits: 12, last: 4095, hex: '002' },
  '2001:470:c844::/47': { bits: 9, last: 511, hex: '002' },
  '2001:470:c844::/48': { bits: 8, last: 255, hex: '02' },
  '2001:470:c844:f000::/52': { bits: 4, last: 15, hex: '2' },
  '2001:470:c844:fc00::/54': { bits: 2, last: 3, hex: '2' },
}

for (const [site, { bits, last, hex }] of Object.entries(SITES)) {
  t.test(`${site} has ${bits} bits for the user, numbers up to ${last}`, async (t) => {
    const plan = planOf(parsePrefix(site))
    t.equal(plan.userBits, bits)
    t.equal(lastUser(plan), last)
    t.equal(hexOf(plan, FIRST_USER), hex)
    t.equal(hexOf(plan, last).length, hex.length)
    t.equal(lastOf(userPrefix(plan, last)), lastOf(plan.site), 'the last block ends where the site ends')
  })
}

t.test('the number stands in the address as its hex says', async (t) => {
  const prefixOf = (site: string, number: number) =>
    formatPrefix(gatewayPrefix(planOf(parsePrefix(site)), { number, slot: 0xe }))
  t.equal(prefixOf('2001:470:c800::/40', 0xabcd), '2001:470:c8ab:cde0::/60')
  t.equal(prefixOf('2001:470:c840::/44', 0xabc), '2001:470:c84a:bce0::/60')
  t.equal(prefixOf('2001:470:c844:f000::/52', 0xa), '2001:470:c844:fae0::/60')
  t.equal(prefixOf('2001:400::/24', 0xffffffff), '2001:4ff:ffff:ffe0::/60')
})

for (const length of [0, 3, 16, 23, 55, 56, 60, 64, 127, 128]) {
  t.test(`a site prefix of /${length} is refused`, async (t) => {
    t.throws(() => planOf({ address: 0n, length }), { code: 'bad-prefix', message: 'its length must be /24 to /54' })
  })
}

const anyPlan = fc
  .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 24, max: 54 }))
  .map(([bits, length]) => planOf({ address: (bits >> BigInt(128 - length)) << BigInt(128 - length), length }))
const share = fc.double({ min: 0, max: 1, noNaN: true })
const anyPlace = fc.tuple(share, fc.nat(15)).map(([at, slot]) => ({ at, slot }))
const placeIn = (plan: ReturnType<typeof planOf>, { at, slot }: { at: number; slot: number }): Place => ({
  number: FIRST_USER + Math.round(at * (lastUser(plan) - FIRST_USER)),
  slot,
})

t.test('with every site prefix there is, a prefix is inside, comes back, and is nobody else’s', async () => {
  fc.assert(
    fc.property(anyPlan, anyPlace, anyPlace, (plan, here, there) => {
      const [place, other] = [placeIn(plan, here), placeIn(plan, there)]
      const [prefix, otherPrefix] = [gatewayPrefix(plan, place), gatewayPrefix(plan, other)]
      const isSame = place.number === other.number && place.slot === other.slot
      const back = placeOf(plan, prefix)
      return (
        contains(plan.site, prefix) &&
        contains(userPrefix(plan, place.number), prefix) &&
        overlap(prefix, otherPrefix) === isSame &&
        back?.number === place.number &&
        back.slot === place.slot &&
        !overlap(prefix, userPrefix(plan, 0)) &&
        !overlap(prefix, userPrefix(plan, 1))
      )
    }),
    { numRuns: 1000 },
  )
})

t.test('the lowest free number is the first gap', async (t) => {
  t.equal(lowestFree(0, SLOTS - 1, new Set()), 0)
  t.equal(lowestFree(0, 15, new Set([0, 1, 3])), 2)
  t.equal(lowestFree(0, 15, new Set([1, 2])), 0)
  t.equal(lowestFree(2, 3, new Set([2])), 3)
  t.equal(lowestFree(2, 3, new Set([2, 3])), undefined)
})

import t from 'tap'
import { parseFqdn, parseUserName } from '../names.ts'
import { instanceAddress, planOf, tunnelAddress, userPrefix } from '../plan.ts'
import { parsePrefix } from '../prefix.ts'
import { endpointOf, gatewayAt, isBehindVpn, networkOf, ownBlock, worldOf } from './world.ts'

const at = (text: string) => parsePrefix(`${text}/128`).address
const plan = planOf(parsePrefix('2001:470:c844::/48'))
const attic = { name: parseFqdn('attic.example.org'), user: parseUserName('ada'), number: 2, slot: 0, groups: [] }
const world = worldOf(plan, [attic])

t.test('an address inside a gateway’s prefix is that gateway’s', async (t) => {
  t.equal(gatewayAt(world, at('2001:470:c844:200::')), attic)
  t.equal(gatewayAt(world, tunnelAddress(plan, attic)), attic)
  t.equal(gatewayAt(world, at('2001:470:c844:20f:ffff:ffff:ffff:ffff')), attic)
  t.equal(gatewayAt(world, at('2001:470:c844:210::')), undefined)
  t.equal(gatewayAt(world, at('2001:470:c844:1ff::')), undefined)
  t.strictSame(world.gateways.get(attic.name), attic)
  t.strictSame(world.blocks.get(attic.user), userPrefix(plan, 2))
})

t.test('the network is the last digit before the host’s half', async (t) => {
  t.equal(networkOf(at('2001:470:c844:20a::1')), 10)
  t.equal(networkOf(at('2001:470:c844:200:f::')), 0)
})

t.test('the site’s own block is not behind the VPN, the rest of the site is, for every length', async (t) => {
  for (const site of ['2001:470:c844::/48', '2001:d00::/24', '2001:db8:1234:400::/54']) {
    const one = planOf(parsePrefix(site))
    const own = ownBlock(one)
    const isBehind = (address: bigint) => isBehindVpn(one, address)
    t.strictSame(own, userPrefix(one, 1))
    t.equal(isBehind(own.address), false)
    t.equal(isBehind(own.address + (1n << 72n) - 1n), false)
    t.equal(isBehind(own.address - 1n), true)
    t.equal(isBehind(own.address + (1n << 72n)), true)
    t.equal(isBehind(one.site.address - 1n), false)
  }
})

t.test('an instance’s own address is the host', async (t) => {
  for (const address of [instanceAddress(plan, 0), instanceAddress(plan, 255)]) {
    t.strictSame(endpointOf(plan, { kind: 'address', address }), { kind: 'host' })
  }
  for (const text of ['2001:470:c844::2', '2001:470:c844:100::1', '2001:db8::1']) {
    t.strictSame(endpointOf(plan, { kind: 'address', address: at(text) }), { kind: 'address', address: at(text) })
  }
  t.strictSame(endpointOf(plan, { kind: 'host' }), { kind: 'host' })
})

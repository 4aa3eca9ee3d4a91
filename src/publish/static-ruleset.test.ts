import t from 'tap'
import { setGatewayDisabled } from '../provision/set-gateway-disabled.ts'
import { any, CALLER, gateway, group, openPolicyUnit } from '../testing/policy-unit.ts'
import { readStaticRuleset } from './static-ruleset.ts'

t.test('everybody is connected who may be, on the device of the static server', async (t) => {
  const { unit } = await openPolicyUnit(t)
  await setGatewayDisabled(unit, CALLER, gateway('b'), true, any)
  const { input, places } = readStaticRuleset(unit.store, unit.config)
  t.match(input, { devices: ['tun0'], log: false, policy: { default: 'open' } })
  t.same(
    input.connected.map(({ device, groups }) => [device, groups]),
    [
      ['tun0', ['ops']],
      ['tun0', ['dev']],
    ],
  )
  t.equal(input.memberPrefixes.get(group('ops'))?.length, 2, 'one that is disabled stays a member')
  t.same(
    [...places].map(([name, { isConnected }]) => [name, isConnected]),
    [
      [gateway('a'), true],
      [gateway('b'), false],
      [gateway('c'), true],
    ],
  )
})

import t from 'tap'
import { member, openPolicyUnit } from '../testing/policy-unit.ts'
import { gatewaysOf } from './members.ts'

t.test('a user brings all its gateways, a gateway itself', async (t) => {
  const { unit } = await openPolicyUnit(t)
  t.same(gatewaysOf(unit, member('user:ada')), ['a.example.org', 'b.example.org'])
  t.same(gatewaysOf(unit, member('user:eve')), [])
  t.same(gatewaysOf(unit, member('gateway:c.example.org')), ['c.example.org'])
  t.throws(() => gatewaysOf(unit, member('user:nobody')), { code: 'user-unknown' })
  t.throws(() => gatewaysOf(unit, member('gateway:x.example.org')), { code: 'gateway-unknown' })
})

import t from 'tap'
import type { PolicyTest } from '../store/policy-tests.ts'
import { member, openPolicyUnit } from '../testing/policy-unit.ts'
import { failuresOf, refuseFailures, testsNaming } from './policy-tests.ts'
import { readPolicy } from './read-policy.ts'

const test = (from: string, expect: PolicyTest['expect']): PolicyTest => ({
  name: `${from} ${expect}`,
  from,
  to: 'internet',
  protocol: 'tcp',
  port: 443,
  expect,
})

t.test('a test fails when the rules say something else, and is told in words', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const tests = [test('user:ada', 'allow'), test('user:bob', 'deny')]
  const failures = failuresOf(unit, tests, readPolicy(unit))
  t.same(failures, [{ test: tests[1], verdict: 'allow' }])
  t.throws(() => refuseFailures(failures), {
    code: 'policy-test-failed',
    message:
      'Nothing was changed, because the test "user:bob deny" would fail: it wants to deny user:bob to internet, tcp 443, and the rules allow.',
  })
  t.doesNotThrow(() => refuseFailures([]))
  t.same(failuresOf(unit, [], readPolicy(unit)), [])
})

t.test('tests are found by whom they name', async (t) => {
  const { unit } = await openPolicyUnit(t)
  await unit.store.write(() => unit.store.policyTests.replace([test('user:ada', 'allow'), test('user:bob', 'allow')]))
  t.same(testsNaming(unit, member('user:ada')), ['user:ada allow'])
  t.same(testsNaming(unit, { kind: 'internet' }), ['user:ada allow', 'user:bob allow'])
})

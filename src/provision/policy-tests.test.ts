import t from 'tap'
import type { PolicyTest } from '../store/policy-tests.ts'
import { member, openPolicyUnit } from '../testing/policy-unit.ts'
import { failuresOf, refuseFailures, reportFailures, testsNaming } from './policy-tests.ts'
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

t.test('where nothing was to be changed, it is said how many fail', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const tests = [test('user:ada', 'allow'), test('user:bob', 'deny'), test('user:ada', 'deny')]
  const failures = failuresOf(unit, tests, readPolicy(unit))
  t.throws(() => reportFailures(failures, 3), {
    code: 'policy-test-failed',
    message:
      /^2 of 3 tests fail: "user:bob deny": it wants to deny user:bob to internet, tcp 443, and the rules allow\.$/,
    extras: { errors: [{ field: 'user:bob deny' }, { field: 'user:ada deny' }] },
  })
  t.throws(() => reportFailures(failures.slice(1), 3), { message: /^1 of 3 tests fails: / })
  t.throws(() => refuseFailures(failures), { message: 'the rules allow, and 1 more test fails.' })
  t.doesNotThrow(() => reportFailures([], 3))
})

t.test('tests are found by whom they name', async (t) => {
  const { unit } = await openPolicyUnit(t)
  await unit.store.write(() => unit.store.policyTests.replace([test('user:ada', 'allow'), test('user:bob', 'allow')]))
  t.same(testsNaming(unit, member('user:ada')), ['user:ada allow'])
  t.same(testsNaming(unit, { kind: 'internet' }), ['user:ada allow', 'user:bob allow'])
})

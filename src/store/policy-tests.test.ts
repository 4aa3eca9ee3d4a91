import t from 'tap'
import type { PolicyTest } from './policy-tests.ts'
import { storeWithUsers } from './testing/gateways.ts'

t.test('tests are kept in their order, and replaced whole', async (t) => {
  const { policyTests } = storeWithUsers()
  const tests: PolicyTest[] = [
    { name: 'z', from: 'any', to: 'host', protocol: 'tcp', port: 22, expect: 'deny' },
    { name: 'a', from: 'user:ada', to: 'internet', protocol: 'icmpv6', expect: 'allow' },
  ]
  policyTests.replace(tests)
  t.strictSame(policyTests.list(), tests)
  t.equal(JSON.stringify(policyTests.list()), JSON.stringify(tests), 'to the letter: that is how they are compared')
  policyTests.replace(tests.slice(1))
  t.strictSame(policyTests.list(), tests.slice(1))
})

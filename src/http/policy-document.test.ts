import t from 'tap'
import { expectPort, readDocument, readTest, viewPolicy } from './policy-document.ts'

const rule = { action: 'deny', direction: 'to', peer: 'any', protocol: 'any' } as const

t.test('a document is read, and shown as it was, groups by name', async (t) => {
  const ops = { members: ['user:ada'], rules: [rule] }
  const dev = { description: 'x', members: [], rules: [] }
  const read = readDocument({ default: 'closed', groups: { ops, dev } })
  t.strictSame(viewPolicy(read), { default: 'closed', groups: { dev, ops }, tests: [] })
  t.strictSame(Object.keys(viewPolicy(read).groups), ['dev', 'ops'])
  t.strictSame(viewPolicy(readDocument({ default: 'open', groups: { ops: {} } })).groups, {
    ops: { members: [], rules: [] },
  })
})

t.test('a test without a name is called after what it says', async (t) => {
  const test = { from: 'user:ada', to: 'internet', protocol: 'tcp', port: 443, expect: 'allow' } as const
  t.equal(readTest(test).name, 'user:ada to internet, tcp 443: allow')
  t.equal(readTest({ ...test, name: 'mine' }).name, 'mine')
  t.throws(() => readTest({ ...test, to: 'nobody' }), { code: 'bad-rule' })
  t.throws(() => expectPort('icmpv6', 1), { code: 'bad-request' })
  t.doesNotThrow(() => expectPort('icmpv6', undefined))
})

t.test('faults are told by place, whatever the names in it are', async (t) => {
  const groups = { 'a/b~': {}, [`${'x'.repeat(5000)}`]: {}, ops: { rules: [rule, { ...rule, peer: 'x' }] } }
  t.throws(() => readDocument({ default: 'open', groups }), {
    code: 'bad-name',
    extras: {
      errors: [{ field: '/groups/a~1b~0' }, { field: `/groups/${'x'.repeat(64)}` }, { field: '/groups/ops/rules/1' }],
    },
  })
})

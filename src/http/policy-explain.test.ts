import t from 'tap'
import { openTestApp, type TestApp } from '../testing/test-unit.ts'

const rule = (peer: string) => ({ action: 'deny', direction: 'from', peer, protocol: 'tcp', ports: ['22'] })
const flow = { from: 'gateway:a.example.org', to: 'user:bob', protocol: 'tcp', port: 22 }

async function openWithPolicy(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', [{ name: 'ada' }, { name: 'bob' }])
  await app.ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  await app.ask('POST', '/gateways', { name: 'b.example.org', user: 'bob' })
  await app.ask('PUT', '/policy', {
    default: 'open',
    groups: { ops: { members: ['user:ada'], rules: [rule('host'), rule('user:bob')] } },
  })
  return app
}

t.test('the verdict comes with the rule that decides, its group and the way to it', async (t) => {
  const { ask } = await openWithPolicy(t)
  t.match((await ask('POST', '/policy/explain', flow)).body, {
    verdict: 'deny',
    default: 'open',
    examples: [
      {
        verdict: 'deny',
        because: 'rule',
        from: { gateway: 'a.example.org' },
        to: { gateway: 'b.example.org' },
        decidedBy: {
          side: 'from',
          gateway: 'a.example.org',
          group: 'ops',
          position: 2,
          via: ['user:ada'],
          rule: rule('user:bob'),
        },
      },
    ],
  })
  t.match((await ask('POST', '/policy/explain', { ...flow, port: 23 })).body, {
    verdict: 'allow',
    examples: [{ because: 'default', decidedBy: null }],
  })
  t.match((await ask('POST', '/policy/explain', { ...flow, to: 'host' })).body, {
    examples: [{ to: { address: 'host' } }],
  })
})

t.test('a proposed policy is judged in the place of today’s, and changes nothing', async (t) => {
  const { ask, unit } = await openWithPolicy(t)
  const revision = unit.store.site.revision()
  const policy = { default: 'closed', groups: { dev: { members: ['gateway:b.example.org'], rules: [rule('host')] } } }
  t.match((await ask('POST', '/policy/explain', { ...flow, policy })).body, {
    verdict: 'deny',
    default: 'closed',
    examples: [{ because: 'default' }],
  })
  t.equal(unit.store.site.revision(), revision)
  const wrong = { default: 'open', groups: { dev: { members: ['user:eve'] } } }
  t.match((await ask('POST', '/policy/explain', { ...flow, policy: wrong })).body, { type: '/problems/user-unknown' })
})

t.test('what can’t be asked is refused', async (t) => {
  const { ask } = await openWithPolicy(t)
  t.match((await ask('POST', '/policy/explain', { ...flow, from: 'everybody' })).body, { type: '/problems/bad-rule' })
  t.match((await ask('POST', '/policy/explain', { ...flow, protocol: 'icmpv6' })).body, {
    type: '/problems/bad-request',
  })
  t.match((await ask('POST', '/policy/explain', { ...flow, port: 0 })).body, { errors: [{ field: '/port' }] })
})

t.test('who has no gateway is nobody, and on which side; a name that nobody has is refused', async (t) => {
  const { ask } = await openWithPolicy(t)
  await ask('POST', '/users', { name: 'eve' })
  const explain = async (more: object) => (await ask('POST', '/policy/explain', { ...flow, ...more })).body
  t.match(await explain({ from: 'user:eve' }), { verdict: 'nobody', nobody: ['from'], examples: [] })
  t.match(await explain({ to: 'user:eve' }), { verdict: 'nobody', nobody: ['to'] })
  t.match(await explain({}), { verdict: 'deny', nobody: [] })
  t.match(await explain({ from: 'user:typo', to: 'group:typo' }), {
    type: '/problems/user-unknown',
    detail: /^\/from: There is no user "typo"\./,
    errors: [{ field: '/from' }, { field: '/to', message: 'There is no group "typo".' }],
  })
  const policy = { default: 'open', groups: { typo: {} } }
  t.match(await explain({ to: 'group:typo', policy }), { verdict: 'nobody' }, 'the group is of the proposed policy')
  t.match(await explain({ to: 'group:ops', policy }), { type: '/problems/group-unknown' })
})

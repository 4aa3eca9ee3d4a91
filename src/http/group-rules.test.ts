import t from 'tap'
import { openTestApp, type TestApp } from '../testing/test-unit.ts'

const SSH = { action: 'allow', direction: 'from', peer: 'user:ada', protocol: 'tcp', ports: ['22', '8000-8100'] }
const ANY = { action: 'deny', direction: 'both', peer: 'any', protocol: 'any', network: 'f' }

async function openWithOps(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/groups', { name: 'ops' })
  return app
}

t.test('the whole list is put, and every answer is the whole list with its tag', async (t) => {
  const { ask } = await openWithOps(t)
  const put = await ask('PUT', '/groups/ops/rules', [SSH, ANY])
  t.strictSame([put.status, put.body], [200, [SSH, ANY]])
  const shown = await ask('GET', '/groups/ops/rules')
  t.strictSame([shown.body, shown.headers.etag], [put.body, put.headers.etag])
  const first = { ...SSH, peer: '2001:db8::/32' }
  const added = await ask('POST', '/groups/ops/rules', { ...first, position: 1 })
  t.strictSame([added.status, added.headers.location, added.body], [201, '/groups/ops/rules', [first, SSH, ANY]])
  const removed = await ask('DELETE', '/groups/ops/rules/2')
  t.strictSame([removed.status, removed.body], [200, [first, ANY]])
  t.match((await ask('DELETE', '/groups/ops/rules/3')).body, { type: '/problems/rule-unknown', status: 404 })
  t.match((await ask('POST', '/groups/ops/rules', { ...SSH, position: 4 })).body, { type: '/problems/rule-unknown' })
})

t.test('a change that goes by an old list is refused', async (t) => {
  const { ask } = await openWithOps(t)
  const before = { 'if-match': String((await ask('GET', '/groups/ops/rules')).headers.etag) }
  t.equal((await ask('POST', '/groups/ops/rules', SSH, before)).status, 201)
  t.equal((await ask('POST', '/groups/ops/rules', SSH, before)).status, 412)
  t.equal((await ask('PUT', '/groups/ops/rules', [], before)).status, 412)
  t.equal((await ask('DELETE', '/groups/ops/rules/1', undefined, before)).status, 412)
  t.strictSame((await ask('GET', '/groups/ops/rules')).body, [SSH])
})

t.test('what is wrong with rules is told of all of them, by place', async (t) => {
  const { ask } = await openWithOps(t)
  const wrong = [SSH, { ...SSH, peer: 'everybody' }, { ...ANY, ports: ['22'] }, { ...SSH, ports: ['90-80'] }]
  t.match((await ask('PUT', '/groups/ops/rules', wrong)).body, {
    type: '/problems/bad-rule',
    detail: /^\/1: "everybody" is no peer: .* \(and 2 more faults\)$/,
    errors: [{ field: '/1' }, { field: '/2' }, { field: '/3' }],
  })
  t.match((await ask('PUT', '/groups/ops/rules', [{ ...SSH, ports: [] }])).body, { errors: [{ field: '/0/ports' }] })
  t.match((await ask('POST', '/groups/ops/rules', { ...SSH, peer: 'user:eve' })).body, {
    type: '/problems/user-unknown',
  })
  t.strictSame((await ask('GET', '/groups/ops/rules')).body, [])
})

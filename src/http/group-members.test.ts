import t from 'tap'
import { openTestApp, type TestApp } from '../testing/test-unit.ts'

async function openWithOps(t: Parameters<typeof openTestApp>[0]): Promise<TestApp> {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', [{ name: 'ada' }, { name: 'bob' }])
  await app.ask('POST', '/gateways', { name: 'a.example.org', user: 'ada' })
  await app.ask('POST', '/groups', { name: 'ops' })
  return app
}

t.test('members come and go by kind and name or by the bare name, any number of times', async (t) => {
  const { ask, unit } = await openWithOps(t)
  for (const [text, member] of [
    ['bob', 'user:bob'],
    ['user:bob', 'user:bob'],
    ['a.example.org', 'gateway:a.example.org'],
    ['gateway:a.example.org', 'gateway:a.example.org'],
  ] as const) {
    t.match(await ask('PUT', `/groups/ops/members/${text}`), { status: 200, body: { member } }, text)
  }
  t.strictSame((await ask('GET', '/groups/ops/members')).body, [
    { member: 'gateway:a.example.org', kind: 'gateway', name: 'a.example.org' },
    { member: 'user:bob', kind: 'user', name: 'bob' },
  ])
  for (const text of ['bob', 'user:bob', 'a.example.org']) {
    t.equal((await ask('DELETE', `/groups/ops/members/${text}`)).status, 204, text)
  }
  t.strictSame((await ask('GET', '/groups/ops/members')).body, [])
  t.equal(unit.store.audit.list(Number.MAX_SAFE_INTEGER, 9).filter(({ action }) => /member/.test(action)).length, 4)
})

t.test('who is not there is named in the refusal, and nothing else is a member', async (t) => {
  const { ask } = await openWithOps(t)
  const refused = {
    eve: 'user-unknown',
    'x.example.org': 'gateway-unknown',
    'group:ops': 'bad-name',
    internet: 'user-unknown',
    'user:a.example.org': 'bad-name',
  }
  for (const [text, code] of Object.entries(refused)) {
    for (const method of ['PUT', 'DELETE']) {
      t.match(
        (await ask(method, `/groups/ops/members/${text}`)).body,
        { type: `/problems/${code}` },
        `${method} ${text}`,
      )
    }
  }
  t.match((await ask('PUT', '/groups/dev/members/ada')).body, { type: '/problems/group-unknown' })
  t.match((await ask('GET', '/groups/dev/members')).body, { type: '/problems/group-unknown' })
})

t.test('the tag is that of the list', async (t) => {
  const { ask } = await openWithOps(t)
  const etag = String((await ask('GET', '/groups/ops/members')).headers.etag)
  t.equal((await ask('PUT', '/groups/ops/members/ada', undefined, { 'if-match': etag })).status, 200)
  t.equal((await ask('PUT', '/groups/ops/members/bob', undefined, { 'if-match': etag })).status, 412)
  t.equal((await ask('DELETE', '/groups/ops/members/ada', undefined, { 'if-match': etag })).status, 412)
})

import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

t.test('a group is created, shown with one tag, described and deleted', async (t) => {
  const { ask } = await openTestApp(t)
  const created = await ask('POST', '/groups', { name: 'ops', description: 'Those who may' })
  t.match(created, { status: 201, headers: { location: '/groups/ops' } })
  t.strictSame(created.body, {
    name: 'ops',
    description: 'Those who may',
    members: 0,
    rules: 0,
    createdAt: '2026-03-01T12:00:00Z',
  })
  const shown = await ask('GET', '/groups/ops')
  t.strictSame([shown.body, shown.headers.etag], [created.body, created.headers.etag])
  const stale = { 'if-match': '"other"' }
  t.match(await ask('PATCH', '/groups/ops', { description: 'x' }, stale), { status: 412 })
  const patched = await ask('PATCH', '/groups/ops', { description: 'x' }, { 'if-match': String(shown.headers.etag) })
  t.match(patched, { status: 200, body: { description: 'x' } })
  t.match(await ask('DELETE', '/groups/ops', undefined, stale), { status: 412 })
  t.equal((await ask('DELETE', '/groups/ops', undefined, { 'if-match': String(patched.headers.etag) })).status, 204)
  t.match((await ask('GET', '/groups/ops')).body, { type: '/problems/group-unknown', status: 404 })
})

t.test('groups are listed by name, in pages', async (t) => {
  const { ask } = await openTestApp(t)
  for (const name of ['ops', 'dev', 'guests']) await ask('POST', '/groups', { name })
  t.match((await ask('GET', '/groups')).body, [{ name: 'dev' }, { name: 'guests' }, { name: 'ops' }])
  const page = await ask('GET', '/groups?limit=2')
  t.match(page.headers.link, '</groups?limit=2&after=guests>; rel="next"')
  t.match((await ask('GET', '/groups?limit=2&after=guests')).body, [{ name: 'ops' }])
})

t.test('a name is taken once, and one that breaks the rule is refused', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/groups', { name: 'ops' })
  t.match((await ask('POST', '/groups', { name: 'ops' })).body, { type: '/problems/group-exists', status: 409 })
  t.match((await ask('POST', '/groups', { name: 'allow_ssh' })).body, { type: '/problems/bad-name' })
  t.match((await ask('POST', '/groups', { name: 'dev', description: 'a\nb' })).body, {
    type: '/problems/bad-request',
    errors: [{ field: '/description' }],
  })
})

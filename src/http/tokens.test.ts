import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { askAs, openTestApp, openTestUnit } from '../testing/test-unit.ts'

type Created = { name: string; token: string }

async function openWithToken(t: Test, wanted: Record<string, string> = {}) {
  const app = await openTestApp(t)
  const created = await app.ask('POST', '/tokens', { name: 'prometheus', scope: 'read', ...wanted })
  const { token } = created.body as Created
  return { ...app, created, token, use: askAs(app.api, token) }
}

t.test('a token is made, its text shown this once', async (t) => {
  const { ask, created } = await openWithToken(t, { expiresAt: '2027-01-01T01:00:00+01:00' })
  t.equal(created.status, 201)
  t.equal(created.headers.location, '/tokens/prometheus')
  const shown = {
    name: 'prometheus',
    scope: 'read',
    createdAt: '2026-03-01T12:00:00Z',
    expiresAt: '2027-01-01T00:00:00Z',
    lastUsedAt: null,
  }
  const { token, ...rest } = created.body as Created
  t.match(token, /^vpnunit_[A-Za-z0-9_-]{43}$/)
  t.strictSame(rest, shown)
  t.strictSame((await ask('GET', '/tokens/prometheus')).body, shown)
  t.strictSame((await ask('GET', '/tokens')).body, [shown])
})

t.test('tokens are listed by name, page by page', async (t) => {
  const { ask } = await openTestApp(t)
  for (const name of ['c', 'a', 'b']) await ask('POST', '/tokens', { name, scope: 'read' })
  const first = await ask('GET', '/tokens?limit=2')
  t.match(first.body, [{ name: 'a' }, { name: 'b' }])
  t.equal(first.headers.link, '</tokens?limit=2&after=b>; rel="next"')
  t.match((await ask('GET', '/tokens?limit=2&after=b')).body, [{ name: 'c' }])
})

t.test('the audit names whoever calls with a token, and the token that was made or removed', async (t) => {
  const { ask, use, token } = await openWithToken(t, { scope: 'admin' })
  t.equal((await use('POST', '/users', { name: 'ada' })).status, 201)
  t.equal((await ask('DELETE', '/tokens/prometheus')).status, 204)
  const { body, text } = await ask('GET', '/audit?limit=3')
  t.match(body, [
    { action: 'token.delete', object: 'prometheus', actor: 'administrator (token)' },
    { action: 'user.create', object: 'ada', actor: 'token prometheus' },
    { action: 'token.create', object: 'prometheus', detail: { scope: 'admin' } },
  ])
  t.notMatch(text, token)
})

t.test('a token that is deleted is refused from the next call on, also when it deletes itself', async (t) => {
  const { use, ask } = await openWithToken(t, { scope: 'admin' })
  t.equal((await use('GET', '/users')).status, 200)
  t.equal((await use('DELETE', '/tokens/prometheus')).status, 204)
  t.match((await use('GET', '/users')).body, {
    type: '/problems/unauthorized',
    detail: 'The token is not one of this service.',
  })
  t.match((await ask('GET', '/tokens/prometheus')).body, { type: '/problems/token-unknown', status: 404 })
  t.match((await ask('DELETE', '/tokens/prometheus')).body, { type: '/problems/token-unknown', status: 404 })
})

t.test('a token ends when it was said to, and then says so', async (t) => {
  const { use, clock } = await openWithToken(t, { expiresAt: '2026-03-02T12:00:00Z' })
  clock.set(new Date('2026-03-02T11:59:59Z'))
  t.equal((await use('GET', '/users')).status, 200)
  clock.set(new Date('2026-03-02T12:00:00Z'))
  const { status, body, headers } = await use('GET', '/users')
  t.equal(status, 401)
  t.equal(headers['www-authenticate'], 'Bearer')
  t.match(body, {
    type: '/problems/unauthorized',
    detail: 'The token "prometheus" ended 2026-03-02T12:00:00Z: it needs a successor.',
  })
})

t.test('what is no token is refused: a name, a scope, a time, a field', async (t) => {
  const { ask } = await openTestApp(t)
  const token = { name: 'a', scope: 'read' }
  const refused = async (body: object) => (await ask('POST', '/tokens', body)).body
  t.match(await refused({ ...token, name: 'A b' }), { type: '/problems/bad-name', status: 400 })
  for (const scope of ['root', '', 'agent:', 'agent:A', 'agent:a:b', 'read ', 'READ']) {
    t.match(await refused({ ...token, scope }), { type: '/problems/bad-request', detail: /^A scope is "admin"/ }, scope)
  }
  for (const expiresAt of ['2026-03-01T12:00:00Z', '2020-01-01T00:00:00Z', '2026-06-30T23:59:60Z', 'tomorrow']) {
    t.match(await refused({ ...token, expiresAt }), { status: 400, errors: [{ field: '/expiresAt' }] }, expiresAt)
  }
  t.match(await refused({ ...token, token: 'mine' }), { errors: [{ field: '/token', message: 'is unknown here' }] })
  t.match(await refused({ name: 'a' }), { errors: [{ field: '/scope', message: 'is missing' }] })
  t.strictSame((await ask('GET', '/tokens')).body, [])
})

t.test('a second token of a name is refused, and the first one stays', async (t) => {
  const { ask, use } = await openWithToken(t)
  t.match((await ask('POST', '/tokens', { name: 'prometheus', scope: 'admin' })).body, {
    type: '/problems/token-exists',
    status: 409,
  })
  t.equal((await use('GET', '/users')).status, 200)
})

t.test('If-Match holds for the token that was seen, whether it was used meanwhile or not', async (t) => {
  const { ask, use, created, clock } = await openWithToken(t)
  const { etag } = created.headers as { etag: string }
  await use('GET', '/users')
  t.equal((await ask('GET', '/tokens/prometheus')).headers.etag, etag)
  t.equal((await ask('DELETE', '/tokens/prometheus', undefined, { 'if-match': '"other"' })).status, 412)
  await ask('DELETE', '/tokens/prometheus')
  clock.advanceDays(1)
  await ask('POST', '/tokens', { name: 'prometheus', scope: 'read' })
  const again = await ask('DELETE', '/tokens/prometheus', undefined, { 'if-match': etag })
  t.equal(again.status, 412, 'another one of that name')
})

t.test('the last use is shown at once, also of a call that was forbidden, and raises no revision', async (t) => {
  const { ask, use, unit, clock } = await openWithToken(t)
  const revision = unit.store.site.revision()
  const lastUse = async () => ((await ask('GET', '/tokens/prometheus')).body as { lastUsedAt: string }).lastUsedAt
  t.equal((await use('POST', '/users', { name: 'ada' })).status, 403)
  t.equal(await lastUse(), '2026-03-01T12:00:00Z')
  await unit.store.tokenUses.flush()
  t.equal(await lastUse(), '2026-03-01T12:00:00Z')
  clock.advanceDays(1)
  await use('GET', '/users')
  t.equal(await lastUse(), '2026-03-02T12:00:00Z')
  t.equal(unit.store.site.revision(), revision)
})

t.test('a stop keeps the last use, and the token goes on', async (t) => {
  const { use, unit, close, folder, clock } = await openWithToken(t)
  await use('GET', '/users')
  await close()
  t.throws(() => unit.store.tokens.list('', -1), 'it is closed')
  const again = await openTestUnit(t, {}, { folder, clock })
  t.match(again.unit.store.tokens.list('', -1), [{ name: 'prometheus', lastUsedAt: clock.now() }])
})

t.test('the text of a token is nowhere: not in the log, not in a file, not among the processes', async (t) => {
  const { use, ask, token, logged, folder, unit } = await openWithToken(t)
  await use('GET', '/users')
  await use('POST', '/users', { name: token })
  await use('DELETE', '/tokens/prometheus')
  await ask('GET', '/tokens/nothing')
  await unit.store.tokenUses.flush()
  t.notMatch(JSON.stringify(logged), token)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  t.ok(files.some(({ name }) => name.startsWith('database.sqlite3')))
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    for (const part of [token, token.slice('vpnunit_'.length)]) t.notOk(bytes.includes(part), name)
  }
  t.notOk(execFileSync('ps', ['-eww', '-o', 'args'], { encoding: 'utf8' }).includes(token))
})

import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'
import { etagOf } from './conditions.ts'

async function openWithUser(t: Parameters<typeof openTestApp>[0]) {
  const app = await openTestApp(t)
  const { headers } = await app.ask('POST', '/users', { name: 'ada' })
  return { ...app, etag: String(headers.etag) }
}

t.test('equal bodies have equal tags, different ones have not', async (t) => {
  t.equal(etagOf({ a: 1 }), etagOf({ a: 1 }))
  t.not(etagOf({ a: 1 }), etagOf({ a: 2 }))
  t.match(etagOf({ a: 1 }), /^"[A-Za-z0-9_-]{22}"$/, 'a strong validator')
})

t.test('who has the object is told so with 304 and no body', async (t) => {
  const { ask, etag } = await openWithUser(t)
  for (const known of [etag, '*', `"other", ${etag}`, `${etag},"other"`, ` ${etag} `]) {
    const { status, text, headers } = await ask('GET', '/users/ada', undefined, { 'if-none-match': known })
    t.equal(status, 304, known)
    t.equal(text, '')
    t.equal(headers.etag, etag)
  }
  for (const other of ['"other"', '', etag.slice(1, -1), 'W/"other"', '"*"']) {
    const { status } = await ask('GET', '/users/ada', undefined, { 'if-none-match': other })
    t.equal(status, 200, other)
  }
})

t.test('a tag that a proxy made weak is still known (RFC 9110, section 13.1.2)', async (t) => {
  const { ask, etag } = await openWithUser(t)
  t.equal((await ask('GET', '/users/ada', undefined, { 'if-none-match': `W/${etag}` })).status, 304)
})

t.test('HEAD is conditional as GET is (RFC 9110, section 13.1.2)', async (t) => {
  const { ask, etag } = await openWithUser(t)
  t.equal((await ask('HEAD', '/users/ada', undefined, { 'if-none-match': etag })).status, 304)
  t.equal((await ask('HEAD', '/users/ada', undefined, { 'if-none-match': '"other"' })).status, 200)
})

t.test('a change is made when If-Match names what is there, or anything', async (t) => {
  const { ask, etag } = await openWithUser(t)
  t.equal((await ask('PATCH', '/users/ada', { disabled: true }, { 'if-match': `"other", ${etag}` })).status, 200)
  t.equal((await ask('PATCH', '/users/ada', { disabled: false }, { 'if-match': '*' })).status, 200)
  t.equal((await ask('PATCH', '/users/ada', { disabled: true })).status, 200)
})

t.test('a change is refused when If-Match names something else, and says what is there', async (t) => {
  const { ask, etag } = await openWithUser(t)
  for (const other of ['"other"', '', etag.slice(1, -1), `W/${etag}`, 'x'.repeat(1000)]) {
    const { status, body } = await ask('PATCH', '/users/ada', { disabled: true }, { 'if-match': other })
    t.equal(status, 412, other)
    t.match(body, { type: '/problems/precondition-failed', detail: `but the object is ${etag} now.` })
    t.ok((body as { detail: string }).detail.length < 300)
  }
  t.match((await ask('GET', '/users/ada')).body, { disabled: false })
})

t.test('for what is not there If-Match says nothing: it is unknown', async (t) => {
  const { ask } = await openWithUser(t)
  t.equal((await ask('PATCH', '/users/bob', { disabled: true }, { 'if-match': '*' })).status, 404)
  t.equal((await ask('DELETE', '/gateway/gw.example.org', undefined, { 'if-match': '"x"' })).status, 404)
})

t.test('the tag of a gateway changes with everything that is shown of it', async (t) => {
  const { ask, clock } = await openWithUser(t)
  const path = '/gateway/gw.example.org'
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  const tags = new Set<unknown>()
  const note = async () => tags.add((await ask('GET', path)).headers.etag)
  await note()
  await ask('PATCH', path, { disabled: true })
  await note()
  await ask('PATCH', '/users/ada', { disabled: true })
  await note()
  await ask('POST', `${path}/renew`, { force: true })
  await note()
  clock.advanceDays(825)
  await note()
  t.equal(tags.size, 5)
  await ask('GET', '/users')
  await note()
  t.equal(tags.size, 5, 'and with nothing else')
})

import t from 'tap'
import { askAs, openTestApp, TOKEN } from '../testing/test-unit.ts'

t.test('a request is one line: its method, its path, what it was answered and how long it took', async (t) => {
  const { ask, logged } = await openTestApp(t)
  logged.length = 0
  await ask('POST', '/users', { name: 'ada' })
  await ask('GET', '/users?limit=1')
  t.equal(logged.length, 2)
  const [first, second] = logged
  t.strictSame(Object.keys(first ?? {}).sort(), ['level', 'method', 'ms', 'msg', 'requestId', 'status', 'time', 'url'])
  t.match(first, { level: 30, msg: 'request', method: 'POST', url: '/users', status: 201, ms: Number })
  t.match(second, { method: 'GET', url: '/users?limit=1', status: 200 })
})

t.test('neither a body, nor a header, nor what is answered stands in it', async (t) => {
  const { ask, logged, folder } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/users', { name: 'hunter2!' }, { 'x-secret': 'hunter3' })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  await ask('GET', '/gateway/gw.example.org/config')
  const text = JSON.stringify(logged)
  for (const secret of [TOKEN, 'hunter2', 'hunter3', 'PRIVATE KEY', 'BEGIN', folder]) t.notMatch(text, secret)
})

t.test('what is refused is logged as well, with or without a token', async (t) => {
  const { api, logged } = await openTestApp(t)
  logged.length = 0
  const ask = askAs(api, undefined)
  await ask('GET', '/users')
  await ask('PUT', '/users')
  await ask('GET', '/nothing')
  await askAs(api, TOKEN)('POST', '/users', '{', { 'content-type': 'application/json' })
  t.match(logged, [{ status: 401 }, { status: 405 }, { status: 404 }, { status: 400 }])
  t.equal(logged.length, 4)
})

t.test('what the router refuses is logged as well', async (t) => {
  const { ask, logged } = await openTestApp(t)
  logged.length = 0
  await ask('GET', '/users/%zz')
  t.match(logged, [{ method: 'GET', url: '/users/%zz', status: 400 }])
  t.equal(logged.length, 1)
})

t.test('a long path is cut, and what a terminal would obey stays encoded', async (t) => {
  const { ask, logged } = await openTestApp(t)
  logged.length = 0
  await ask('GET', `/users/${'a'.repeat(10_000)}`)
  await ask('GET', '/users/%1b%5b2J%0a')
  t.equal(String(logged[0]?.url).length, 256)
  t.equal(logged[1]?.url, '/users/%1b%5b2J%0a')
})

t.test('every request has a number of its own, and a caller can’t choose it', async (t) => {
  const { ask, logged } = await openTestApp(t)
  logged.length = 0
  for (let n = 0; n < 3; n++) await ask('GET', '/ca.crt', undefined, { 'request-id': 'mine', 'x-request-id': 'mine' })
  t.equal(new Set(logged.map(({ requestId }) => requestId)).size, 3)
  t.notMatch(JSON.stringify(logged), 'mine')
})

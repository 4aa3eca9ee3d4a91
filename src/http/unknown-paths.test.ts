import t from 'tap'
import { askAs, openTestApp } from '../testing/test-unit.ts'

t.test('a path that is not there is 404, cut to a readable length, with where to look', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('GET', '/nothing')).body, {
    type: '/problems/not-found',
    status: 404,
    detail: 'There is nothing at "/nothing"; /docs shows what there is.',
  })
  for (const path of [
    '/',
    '/user',
    '/users/ada/gateways',
    '/gateway',
    '/Users',
    '//users',
    '/users//',
    '/gateway/x/y/z',
  ]) {
    t.equal((await ask('GET', path)).status, 404, path)
  }
  const { body } = await ask('GET', `/${'a'.repeat(10_000)}`)
  t.ok((body as { detail: string }).detail.length < 200)
})

t.test('a method that a path does not take is 405, with those it takes', async (t) => {
  const { ask } = await openTestApp(t)
  for (const [path, allow] of Object.entries({
    '/users': 'GET, HEAD, POST',
    '/users/ada': 'DELETE, GET, HEAD, PATCH',
    '/gateways': 'GET, HEAD, POST',
    '/gateway/gw.example.org': 'DELETE, GET, HEAD, PATCH',
    '/gateways/gw.example.org': 'DELETE, GET, HEAD, PATCH',
    '/gateway/gw.example.org/config': 'GET, HEAD',
    '/gateways/gw.example.org/certificates': 'GET, HEAD',
    '/gateway/gw.example.org/renew': 'POST',
    '/audit': 'GET, HEAD',
    '/status': 'GET, HEAD',
    '/health': 'GET, HEAD',
    '/ca.crt': 'GET, HEAD',
    '/openapi.json': 'GET, HEAD',
    '/problems/internal': 'GET, HEAD',
  })) {
    const wrong = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].filter(
      (method) => !allow.includes(method),
    )
    for (const method of wrong) {
      const { status, headers, body } = await ask(method, `${path}?x=1`)
      t.equal(status, 405, `${method} ${path}`)
      t.equal(headers.allow, allow)
      t.match(body, { type: '/problems/method-not-allowed', detail: `This path takes ${allow}, not ${method}.` })
    }
  }
})

t.test('a dot in a path is a dot', async (t) => {
  const { ask } = await openTestApp(t)
  for (const path of ['/caxcrt', '/crlxpem', '/openapixjson']) t.equal((await ask('POST', path)).status, 404, path)
})

t.test('HEAD is GET without its body, for every path that has one', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  const gateway = ['', '/config', '/certificates'].map((end) => `/gateway/gw.example.org${end}`)
  for (const path of ['/users', '/users/ada', '/gateways', ...gateway, '/audit', '/status', '/health', '/ca.crt']) {
    const get = await ask('GET', path)
    const head = await ask('HEAD', path)
    t.equal(head.status, 200, path)
    t.equal(head.text, '')
    for (const name of ['content-type', 'content-length', 'etag', 'link'])
      t.equal(head.headers[name], get.headers[name])
  }
  t.equal((await ask('HEAD', '/users/nobody')).status, 404)
})

t.test('what is not there and what is not taken needs no token to be said', async (t) => {
  const { api } = await openTestApp(t)
  const ask = askAs(api, undefined)
  t.equal((await ask('GET', '/nothing')).status, 404)
  t.equal((await ask('PUT', '/users')).status, 405)
  t.equal((await ask('GET', '/users')).status, 401)
})

t.test('a file of the documentation that is not there is 404 as everything else', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('GET', '/docs/static/nothing.js')).body, { type: '/problems/not-found', status: 404 })
})

import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

type Entry = {
  revision: number
  at: string
  actor: string
  action: string
  object: string
  detail: object
  requestId: string
}

t.test('every change is one entry, the newest first, with its time, its author and its request', async (t) => {
  const { ask, clock, logged } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  clock.advanceDays(1)
  const { body: gateway } = await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada', slot: 3 })
  const { serial } = (gateway as { certificate: { serial: string } }).certificate
  const { status, body } = await ask('GET', '/audit')
  t.equal(status, 200)
  const [second, first, ...before] = body as Entry[]
  t.strictSame(second, {
    revision: 4,
    at: '2026-03-02T12:00:00Z',
    actor: 'administrator (token)',
    action: 'gateway.create',
    object: 'attic.example.org',
    detail: { user: 'ada', slot: 3, serial },
    requestId: second?.requestId,
  })
  t.match(first, {
    revision: 3,
    at: '2026-03-01T12:00:00Z',
    action: 'user.create',
    object: 'ada',
    detail: { number: 2 },
  })
  t.match(before, [
    { revision: 2, actor: 'vpnunit', action: 'server.renew', object: 'localhost', requestId: '-' },
    { revision: 1, actor: 'vpnunit', action: 'crl.heal', object: 'crl', requestId: '-' },
  ])
  t.match(second?.requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  t.match(
    logged.find(({ requestId }) => requestId === second?.requestId),
    { method: 'POST', url: '/gateways', status: 201 },
    'the log has the same request',
  )
})

t.test('each kind of change has its action', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  await ask('PATCH', '/gateway/gw.example.org', { disabled: true })
  await ask('PATCH', '/gateway/gw.example.org', { disabled: false })
  await ask('PATCH', '/users/ada', { disabled: true })
  await ask('PATCH', '/users/ada', { disabled: false })
  await ask('POST', '/gateway/gw.example.org/renew', { force: true, old: 'revoke' })
  await ask('DELETE', '/gateway/gw.example.org')
  await ask('DELETE', '/users/ada')
  const { body } = await ask('GET', '/audit?limit=9')
  t.strictSame(
    (body as Entry[]).map(({ action, object }) => `${action} ${object}`),
    [
      'user.delete ada',
      'gateway.delete gw.example.org',
      'gateway.renew gw.example.org',
      'user.enable ada',
      'user.disable ada',
      'gateway.enable gw.example.org',
      'gateway.disable gw.example.org',
      'gateway.create gw.example.org',
      'user.create ada',
    ],
  )
  t.match(body, [{}, { detail: { revokedSerials: { length: 1 } } }, { detail: { old: 'revoke' } }])
})

t.test('what was refused, and what was only read, is not in it', async (t) => {
  const { ask } = await openTestApp(t)
  const before = (await ask('GET', '/audit')).body
  await ask('POST', '/users', { name: 'Ada' })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'nobody' })
  await ask('DELETE', '/users/nobody')
  await ask('GET', '/status')
  t.strictSame((await ask('GET', '/audit')).body, before)
})

t.test('its pages, followed by their links, are the whole list in its order', async (t) => {
  const { ask } = await openTestApp(t)
  for (let n = 0; n < 9; n++) await ask('POST', '/users', { name: `user${n}` })
  const whole = (await ask('GET', '/audit')).body as Entry[]
  const pages: Entry[][] = []
  for (let url: string | undefined = '/audit?limit=4'; url !== undefined; ) {
    const { status, headers, body } = await ask('GET', url)
    t.equal(status, 200)
    pages.push(body)
    url = /^<([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1]
  }
  t.same(
    pages.map((page) => page.length),
    [4, 4, 3],
  )
  t.strictSame(pages.flat(), whole)
})

t.test('"after" is a revision and nothing else', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  t.match((await ask('GET', '/audit?after=3')).body, [{ revision: 2 }, { revision: 1 }])
  t.match((await ask('GET', '/audit?after=3')).body, { length: 2 })
  t.strictSame((await ask('GET', '/audit?after=1')).body, [])
  t.strictSame((await ask('GET', '/audit?after=0')).body, [])
  t.match((await ask('GET', '/audit?after=')).body, { length: 3 })
  for (const after of ['ada', '-1', '1.5', '0x2', '1e3', '9999999999999999', '%20', '2%0a']) {
    const { status, body } = await ask('GET', `/audit?after=${after}`)
    t.equal(status, 400, after)
    t.match(body, { type: '/problems/bad-request', detail: /"?after/ })
  }
})

t.test('the audit can’t be changed', async (t) => {
  const { ask } = await openTestApp(t)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { status, headers } = await ask(method, '/audit')
    t.equal(status, 405, method)
    t.equal(headers.allow, 'GET, HEAD')
  }
})

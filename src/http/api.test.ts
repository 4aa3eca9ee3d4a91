import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

type Errors = { field: string; message: string }[]

async function openWithAda(t: Parameters<typeof openTestApp>[0]) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  return app
}

t.test('a list of users is created whole, in its order, with one call', async (t) => {
  const { ask } = await openWithAda(t)
  const { status, headers, body } = await ask('POST', '/users', [
    { name: 'zoe' },
    { name: 'bob', number: 200 },
    { name: 'carl' },
  ])
  t.equal(status, 201)
  t.notOk(headers.location, 'there are several')
  t.strictSame(
    (body as { name: string; number: number }[]).map(({ name, number }) => [name, number]),
    [
      ['zoe', 3],
      ['bob', 200],
      ['carl', 4],
    ],
  )
  for (const user of body as { name: string }[]) t.strictSame((await ask('GET', `/users/${user.name}`)).body, user)
})

t.test('a list of gateways is created whole, each as it is shown on its own', async (t) => {
  const { ask } = await openWithAda(t)
  const wanted = ['a', 'b', 'c'].map((name) => ({ name: `${name}.example.org`, user: 'ada' }))
  const { status, body } = await ask('POST', '/gateways', wanted)
  t.equal(status, 201)
  t.match(body, [{ slot: 0 }, { slot: 1 }, { slot: 2, networks: { length: 16 } }])
  for (const gateway of body as { name: string }[]) {
    t.strictSame((await ask('GET', `/gateway/${gateway.name}`)).body, gateway)
    t.equal((await ask('GET', `/gateways/${gateway.name}/config`)).status, 200)
  }
})

t.test('one item that is refused is reason enough that none is created, and each refused one is named', async (t) => {
  const { ask, unit } = await openWithAda(t)
  await ask('POST', '/gateways', { name: 'old.example.org', user: 'ada' })
  const revision = unit.store.site.revision()
  const items = [
    { name: 'good.example.org', user: 'ada' },
    { name: 'old.example.org', user: 'ada' },
    { name: 'Bad.example.org', user: 'ada' },
    { name: 'lost.example.org', user: 'nobody' },
  ]
  const { status, body } = await ask('POST', '/gateways', items.toSpliced(2, 1))
  t.equal(status, 409)
  t.match(body, {
    type: '/problems/items-refused',
    detail: /^Nothing was created, because of item 2 of 3 and 1 more: /,
  })
  t.strictSame((body as { errors: Errors }).errors, [
    { field: '/1', message: 'There is a gateway "old.example.org" already.' },
    { field: '/2', message: 'There is no user "nobody".' },
  ])
  t.match((await ask('POST', '/gateways', items)).body, { errors: [{ field: '/2', message: /lower case/ }] })
  t.equal((await ask('GET', '/gateway/good.example.org')).status, 404)
  t.equal(unit.store.site.revision(), revision)
})

t.test('of two items that ask for the same neither is created', async (t) => {
  const { ask } = await openWithAda(t)
  t.match((await ask('POST', '/users', [{ name: 'bob' }, { name: 'bob' }])).body, { type: '/problems/items-refused' })
  const twice = [0, 0].map((slot, n) => ({ name: `g${n}.example.org`, user: 'ada', slot }))
  t.match((await ask('POST', '/gateways', twice)).body, { errors: [{ field: '/1', message: /^Slot 0 of ada is / }] })
  t.match((await ask('GET', '/users')).body, { length: 1 })
  t.strictSame((await ask('GET', '/gateways')).body, [])
})

t.test('seventeen gateways of one user in one list are refused', async (t) => {
  const { ask } = await openWithAda(t)
  const items = Array.from({ length: 17 }, (_, n) => ({ name: `g${n}.example.org`, user: 'ada' }))
  const { status, body } = await ask('POST', '/gateways', items)
  t.equal(status, 409)
  t.match(body, { type: '/problems/items-refused', errors: [{ field: '/16', message: /16 gateways already/ }] })
  t.equal((await ask('POST', '/gateways', items.slice(1))).status, 201)
})

t.test('a list has 1 to 500 items, each as strict as one alone', async (t) => {
  const { ask } = await openWithAda(t)
  const users = Array.from({ length: 501 }, (_, n) => ({ name: `u${n}` }))
  for (const [body, field] of [
    [[], ''],
    [users, ''],
    [[{ name: 'bob' }, { name: 7 }], '/1/name'],
    [[{ name: 'bob' }, { name: 'carl', number: '9' }], '/1/number'],
    [[{ name: 'bob', colour: 'red' }], '/0/colour'],
    [[{ number: 7 }], '/0/name'],
    [['bob'], '/0'],
    [[['bob']], '/0'],
  ] as const) {
    const answer = await ask('POST', '/users', body)
    t.match(
      answer.body,
      { type: '/problems/bad-request', status: 400, errors: [{ field }] },
      JSON.stringify(body).slice(0, 50),
    )
  }
  t.match((await ask('GET', '/users')).body, { length: 1 })
})

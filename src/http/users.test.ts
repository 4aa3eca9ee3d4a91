import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

type Body = Record<string, unknown>

t.test('a user gets the lowest free number and the block that follows from it', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, headers, body } = await ask('POST', '/users', { name: 'johndoe' })
  t.equal(status, 201)
  t.equal(headers.location, '/users/johndoe')
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(body, {
    name: 'johndoe',
    number: 2,
    hex: '02',
    prefix: '2001:470:c844:200::/56',
    gateways: 0,
    disabled: false,
    createdAt: '2026-03-01T12:00:00Z',
  })
  t.match((await ask('POST', '/users', { name: 'ada' })).body, { number: 3, hex: '03' })
})

t.test('what is answered to the creation is what is shown afterwards, with the same ETag', async (t) => {
  const { ask } = await openTestApp(t)
  const created = await ask('POST', '/users', { name: 'ada' })
  const shown = await ask('GET', String(created.headers.location))
  t.equal(shown.status, 200)
  t.strictSame(shown.body, created.body)
  t.match(shown.headers.etag, /^"[A-Za-z0-9_-]{22}"$/)
  t.equal(shown.headers.etag, created.headers.etag)
})

t.test('a number can be asked for, and the next user gets the lowest that is left', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('POST', '/users', { name: 'max', number: 255 })).body, {
    number: 255,
    hex: 'ff',
    prefix: '2001:470:c844:ff00::/56',
  })
  t.match((await ask('POST', '/users', { name: 'ada', number: 2 })).body, { number: 2 })
  t.match((await ask('POST', '/users', { name: 'bob' })).body, { number: 3 })
})

t.test('a number that is reserved, too high or taken is refused, saying which would do', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  for (const number of [-1, 0, 1, 256, 1e20]) {
    const { status, body } = await ask('POST', '/users', { name: 'bob', number })
    t.equal(status, 400, String(number))
    t.match(body, {
      type: '/problems/bad-request',
      detail: `The number must be 2 to 255 (02 to ff); ${number} is not.`,
    })
  }
  t.match((await ask('POST', '/users', { name: 'bob', number: 2 })).body, {
    type: '/problems/number-taken',
    status: 409,
    detail: "The number 2 is ada's.",
    number: 2,
  })
  t.equal((await ask('GET', '/users/bob')).status, 404)
})

t.test('nothing of another type is taken for a name or a number', async (t) => {
  const { ask } = await openTestApp(t)
  const refused: [Body, string][] = [
    [{ name: 'ada', number: '2' }, '/number'],
    [{ name: 'ada', number: 2.5 }, '/number'],
    [{ name: 'ada', number: true }, '/number'],
    [{ name: 'ada', number: null }, '/number'],
    [{ name: 'ada', number: [2] }, '/number'],
    [{ name: 7 }, '/name'],
    [{ name: ['ada'] }, '/name'],
    [{ name: null }, '/name'],
    [{}, '/name'],
    [{ name: 'ada', numbr: 2 }, '/numbr'],
    [{ name: 'ada', disabled: true }, '/disabled'],
  ]
  for (const [body, field] of refused) {
    const answer = await ask('POST', '/users', body)
    t.match(answer.body, { type: '/problems/bad-request', status: 400, errors: [{ field }] }, JSON.stringify(body))
    t.match(answer.body, { detail: new RegExp(field) })
  }
  t.strictSame((await ask('GET', '/users')).body, [])
})

t.test('a name is refused in words that say the rule, and taken only once', async (t) => {
  const { ask } = await openTestApp(t)
  for (const name of ['', 'Ada', '1ada', 'ada lovelace', 'ada.example', 'a'.repeat(33), 'ada\n', 'ädä']) {
    const { status, body } = await ask('POST', '/users', { name })
    t.equal(status, 400, JSON.stringify(name))
    t.match(body, { type: '/problems/bad-name', detail: /^".*" is not a user name: it begins with a-z/ })
  }
  t.equal((await ask('POST', '/users', { name: 'a'.repeat(32) })).status, 201)
  t.equal((await ask('POST', '/users', { name: 'ada' })).status, 201)
  t.match((await ask('POST', '/users', { name: 'ada', number: 77 })).body, {
    type: '/problems/user-exists',
    status: 409,
    user: 'ada',
  })
})

t.test('a name that JavaScript knows is an ordinary one', async (t) => {
  const { ask } = await openTestApp(t)
  t.equal((await ask('POST', '/users', { name: 'constructor' })).status, 201)
  t.equal((await ask('GET', '/users/constructor')).status, 200)
  t.equal((await ask('POST', '/gateways', { name: 'gw.constructor', user: 'constructor' })).status, 201)
  t.match((await ask('GET', '/gateways?user=constructor')).body, [{ name: 'gw.constructor' }])
})

t.test('users are listed by name, with the number of their gateways', async (t) => {
  const { ask } = await openTestApp(t)
  for (const name of ['mia', 'ada', 'zoe']) await ask('POST', '/users', { name })
  await ask('POST', '/gateways', { name: 'gw.example.org', user: 'mia' })
  const { status, headers, body } = await ask('GET', '/users')
  t.equal(status, 200)
  t.match(body, [
    { name: 'ada', number: 3, gateways: 0 },
    { name: 'mia', number: 2, gateways: 1 },
    { name: 'zoe', number: 4, gateways: 0 },
  ])
  t.notOk(headers.link, 'a whole list has no next page')
})

t.test('disabling a user shows on all its gateways, and enabling undoes it', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  const disabled = await ask('PATCH', '/users/ada', { disabled: true })
  t.equal(disabled.status, 200)
  t.match(disabled.body, { name: 'ada', disabled: true, gateways: 1 })
  t.equal(disabled.headers.etag, (await ask('GET', '/users/ada')).headers.etag)
  t.match((await ask('GET', '/gateway/attic.example.org')).body, { disabled: false, userDisabled: true })
  t.match((await ask('GET', '/gateways')).body, [{ disabled: false, userDisabled: true }])
  const late = await ask('POST', '/gateways', { name: 'barn.example.org', user: 'ada' })
  t.match(late.body, { disabled: false, userDisabled: true }, 'one that is made meanwhile is kept out as well')
  t.match((await ask('PATCH', '/users/ada', { disabled: false })).body, { disabled: false })
  t.match((await ask('GET', '/gateways')).body, [{ userDisabled: false }, { userDisabled: false }])
})

t.test('what is said already changes nothing: no revision, no row in the audit', async (t) => {
  const { ask, unit } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const revision = unit.store.site.revision()
  t.equal((await ask('PATCH', '/users/ada', { disabled: false })).status, 200)
  t.equal(unit.store.site.revision(), revision)
})

t.test('a change takes disabled, a boolean, and nothing else', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const bodies = [{ disabled: 'true' }, { disabled: 1 }, { disabled: null }, {}, { disabled: true, name: 'bob' }, []]
  for (const body of bodies) {
    const answer = await ask('PATCH', '/users/ada', body)
    t.match(answer.body, { type: '/problems/bad-request', status: 400 }, JSON.stringify(body))
  }
  t.match((await ask('PATCH', '/users/ada')).body, { type: '/problems/bad-request', status: 400 }, 'no body')
  t.match((await ask('GET', '/users/ada')).body, { disabled: false })
})

t.test('a user with gateways is not deleted, one without is gone with 204 and no body', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  t.match((await ask('DELETE', '/users/ada')).body, { type: '/problems/user-has-gateways', status: 409, user: 'ada' })
  await ask('DELETE', '/gateway/attic.example.org')
  const { status, text, headers } = await ask('DELETE', '/users/ada')
  t.equal(status, 204)
  t.equal(text, '')
  t.notOk(headers['content-type'])
  t.match((await ask('GET', '/users/ada')).body, { type: '/problems/user-unknown', status: 404, user: 'ada' })
  t.equal((await ask('DELETE', '/users/ada')).status, 404)
})

t.test('the number of a removed user rests for thirty days, unless it is asked for', async (t) => {
  const { ask, clock } = await openTestApp(t)
  for (const name of ['ada', 'bob']) await ask('POST', '/users', { name })
  for (const name of ['ada', 'bob']) await ask('DELETE', `/users/${name}`)
  t.match((await ask('POST', '/users', { name: 'carl' })).body, { number: 4 })
  t.match((await ask('POST', '/users', { name: 'dora', number: 2 })).body, { number: 2 })
  clock.advanceDays(31)
  t.match((await ask('POST', '/users', { name: 'emil' })).body, { number: 3 })
})

t.test('nobody unknown is shown, changed or deleted', async (t) => {
  const { ask } = await openTestApp(t)
  for (const [method, body] of [['GET'], ['PATCH', { disabled: true }], ['DELETE']] as const) {
    const answer = await ask(method, '/users/nobody', body)
    t.match(answer.body, { type: '/problems/user-unknown', detail: 'There is no user "nobody".' }, method)
    t.match((await ask(method, '/users/NOBODY', body)).body, { type: '/problems/bad-name', status: 400 })
  }
})

t.test('a change for another version than the one that is there is refused and does nothing', async (t) => {
  const { ask } = await openTestApp(t)
  const { headers } = await ask('POST', '/users', { name: 'ada' })
  const seen = { 'if-match': String(headers.etag) }
  t.equal((await ask('PATCH', '/users/ada', { disabled: true }, seen)).status, 200)
  t.match((await ask('PATCH', '/users/ada', { disabled: false }, seen)).body, {
    type: '/problems/precondition-failed',
    status: 412,
  })
  t.equal((await ask('DELETE', '/users/ada', undefined, seen)).status, 412)
  t.match((await ask('GET', '/users/ada')).body, { disabled: true })
  const current = await ask('GET', '/users/ada')
  t.equal((await ask('DELETE', '/users/ada', undefined, { 'if-match': String(current.headers.etag) })).status, 204)
})

t.test('of changes that arrive at once for the same version one is made', async (t) => {
  const { ask } = await openTestApp(t)
  const { headers } = await ask('POST', '/users', { name: 'ada' })
  const seen = { 'if-match': String(headers.etag) }
  const answers = await Promise.all([
    ask('PATCH', '/users/ada', { disabled: true }, seen),
    ask('DELETE', '/users/ada', undefined, seen),
    ask('DELETE', '/users/ada', undefined, seen),
  ])
  t.equal(answers.filter(({ status }) => status < 300).length, 1)
  t.match(
    (await ask('GET', '/audit?limit=2')).body,
    [{ object: 'ada' }, { action: 'user.create' }],
    'one change in all',
  )
})

t.test('when every number has a user, the next is refused', async (t) => {
  const { ask } = await openTestApp(t, { VPNUNIT_PREFIX: '2001:470:c844::/54' })
  for (const name of ['ada', 'bob']) t.equal((await ask('POST', '/users', { name })).status, 201)
  t.match((await ask('POST', '/users', { name: 'carl' })).body, { type: '/problems/users-full', status: 409 })
})

import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'
import { bareProblem } from './problem-answers.ts'

const JSON_BODY = { 'content-type': 'application/json' }

t.test('a refusal is a problem document: type, title, status, detail and instance', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, headers, body } = await ask('GET', '/users/nobody')
  t.equal(status, 404)
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  const { instance, ...rest } = body as Record<string, unknown>
  t.strictSame(rest, {
    type: '/problems/user-unknown',
    title: 'There is no such user',
    status: 404,
    detail: 'There is no user "nobody".',
    user: 'nobody',
  })
  t.match(instance, /^urn:request:[0-9a-f-]{36}$/)
})

t.test('its instance is the request as the log names it', async (t) => {
  const { ask, logged } = await openTestApp(t)
  const { body } = await ask('GET', '/users/nobody')
  const { instance } = body as { instance: string }
  t.match(
    logged.find(({ requestId }) => instance === `urn:request:${requestId}`),
    { method: 'GET', url: '/users/nobody', status: 404 },
  )
})

t.test('all faults of a body are listed by field, the first also in the sentence', async (t) => {
  const { ask } = await openTestApp(t)
  const { body } = await ask('POST', '/gateways', { name: 7, slot: 99, keyType: 'dsa', colour: 'red' })
  t.match(body, { type: '/problems/bad-request', detail: /^The body is refused: \/\w+ / })
  const { errors } = body as { errors: { field: string; message: string }[] }
  t.strictSame(
    errors.sort((a, b) => a.field.localeCompare(b.field)),
    [
      { field: '/colour', message: 'is unknown here' },
      {
        field: '/keyType',
        message: 'must be one of ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096',
      },
      { field: '/name', message: 'must be text' },
      { field: '/slot', message: 'must be 0 to 15' },
      { field: '/user', message: 'is missing' },
    ],
  )
})

t.test('a query and a path are named as what they are', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('GET', '/users?colour=red')).body, { detail: 'The query is refused: /colour is unknown here.' })
  t.match((await ask('GET', `/users/${'a'.repeat(256)}`)).body, { errors: [{ field: '/name' }], status: 400 })
})

t.test('what is no JSON is refused without a word of it: it may hold a secret', async (t) => {
  const { ask } = await openTestApp(t)
  for (const payload of ['{"name": hunter2}', 'hunter2', '{"name":"hunter2"', 'hunter2 = "x"', '{"hunter2":1,}']) {
    const { status, text, body } = await ask('POST', '/users', payload, JSON_BODY)
    t.equal(status, 400, payload)
    t.match(body, { type: '/problems/bad-request', detail: /JSON/ })
    t.notMatch(text, 'hunter2')
  }
})

t.test('of a key given twice the last counts, as JSON.parse has it', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('POST', '/users', '{"name":7,"name":"ada"}', JSON_BODY)).body, { name: 'ada' })
  t.match((await ask('POST', '/users', '{"name":"bob","name":7}', JSON_BODY)).body, { errors: [{ field: '/name' }] })
})

t.test('a body that is not JSON by its type is 415, whatever it holds', async (t) => {
  const { ask } = await openTestApp(t)
  for (const type of ['application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', 'json', '*/*']) {
    const { status, body } = await ask('POST', '/users', '{"name":"ada"}', { 'content-type': type })
    t.equal(status, 415, type)
    t.match(body, { type: '/problems/unsupported-media-type', detail: /Content-Type: application\/json/ })
  }
  t.equal(
    (await ask('POST', '/users', '{"name":"ada"}', { 'content-type': 'Application/JSON; charset=utf-8' })).status,
    201,
  )
})

t.test('plain text is no JSON either', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, body } = await ask('POST', '/users', '{"name":"ada"}', { 'content-type': 'text/plain' })
  t.equal(status, 415)
  t.match(body, { type: '/problems/unsupported-media-type' })
})

t.test('a body may have 256 KiB and not an octet more', async (t) => {
  const { ask } = await openTestApp(t)
  const sized = (octets: number) => `{"name":"ada"${' '.repeat(octets - 14)}}`
  t.equal((await ask('POST', '/users', sized(256 * 1024), JSON_BODY)).status, 201)
  const { status, headers, body } = await ask('POST', '/users', sized(256 * 1024 + 1), JSON_BODY)
  t.equal(status, 413)
  t.match(body, { type: '/problems/body-too-large', status: 413 })
  t.equal(headers.connection, 'close', 'the rest is not read')
})

t.test('however much is wrong with a body, the answer stays short', async (t) => {
  const { ask } = await openTestApp(t)
  const fields = Array.from({ length: 5000 }, (_, n) => `"field${n}":1`).join(',')
  const { status, text } = await ask('POST', '/users', `{"name":"ada",${fields}}`, JSON_BODY)
  t.equal(status, 400)
  t.ok(text.length < 16_384, `${text.length} characters`)
})

t.test('a path that can’t be decoded is refused without being repeated at length', async (t) => {
  const { ask } = await openTestApp(t)
  for (const path of ['/users/%zz', '/users/%', '/users/%c0%ae', '/users/%ed%a0%80', '/gateway/%/config']) {
    t.match((await ask('GET', path)).body, { type: '/problems/bad-request', status: 400 }, path)
  }
  const { body } = await ask('GET', `/users/%zz${'a'.repeat(15_000)}`)
  t.ok((body as { detail: string }).detail.length < 300)
})

t.test('who has no token is told how to send one', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, headers } = await ask('GET', '/users', undefined, { authorization: 'Bearer wrong' })
  t.equal(status, 401)
  t.equal(headers['www-authenticate'], 'Bearer')
})

t.test('what is wrong in here is logged with its stack and answered without detail', async (t) => {
  const { ask, unit, logged } = await openTestApp(t)
  const database = new BetterSqlite3(unit.layout.database)
  database.exec("create trigger secret_bug before insert on users begin select raise(abort, 'hunter2'); end")
  database.close()
  const { status, headers, text, body } = await ask('POST', '/users', { name: 'ada' })
  t.equal(status, 500)
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(body, {
    type: '/problems/internal',
    title: 'An error of the service',
    status: 500,
    detail: 'Something went wrong here; the log of the service says what.',
  })
  for (const word of ['hunter2', 'Sqlite', '.ts', '.js', 'node_modules', '/src/', ' at ']) t.notMatch(text, word)
  t.match(
    logged.find(({ level }) => level === 50),
    { msg: 'internal', err: { message: 'hunter2', stack: /create-user\.ts/ } },
  )
  t.equal((await ask('GET', '/users/ada')).status, 404)
})

t.test('bytes that are no HTTP get a problem document as well', async (t) => {
  t.strictSame(JSON.parse(bareProblem('No HTTP.')), {
    type: '/problems/bad-request',
    title: 'The request is not what this call takes',
    status: 400,
    detail: 'No HTTP.',
  })
})

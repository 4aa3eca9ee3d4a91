import t from 'tap'
import { openFakeService } from './testing/cli.ts'
import { openAnswer, readAll } from './transport.ts'

t.test('an answer is there as soon as it begins, and is read to its end', async (t) => {
  let finish = () => undefined as unknown
  const { socket } = await openFakeService(t, (_, response) => {
    response.write('a')
    finish = () => response.end('b')
  })
  const answer = await openAnswer({ socket }, { method: 'GET', path: '/x' }, 5000)
  t.equal(answer.statusCode, 200)
  finish()
  t.equal(await readAll(answer), 'ab')
})

t.test('a body is JSON, and says so; headers are the caller’s', async (t) => {
  const { socket } = await openFakeService(t, async (request, response) => {
    const body = await readAll(request)
    response.end(JSON.stringify([request.method, request.headers['content-type'], request.headers['x-y'], body]))
  })
  const ask = async (body?: unknown) => {
    const question = { method: 'POST', path: '/x', headers: { 'x-y': 'z' }, body }
    return JSON.parse(await readAll(await openAnswer({ socket }, question, 5000)))
  }
  t.same(await ask({ a: 1 }), ['POST', 'application/json', 'z', '{"a":1}'])
  t.same(await ask(), ['POST', null, 'z', ''])
})

t.test('one who hangs up is let go, before the answer and within it', async (t) => {
  const { socket } = await openFakeService(t, ({ url }, response) => {
    if (url === '/begun') response.write('a')
  })
  const before = new AbortController()
  const waiting = openAnswer({ socket }, { method: 'GET', path: '/x', signal: before.signal }, 5000)
  before.abort()
  await t.rejects(waiting, { name: 'AbortError' })
  const within = new AbortController()
  const answer = await openAnswer({ socket }, { method: 'GET', path: '/begun', signal: within.signal }, 5000)
  within.abort()
  await t.rejects(readAll(answer))
})

t.test('silence ends a connection, before the answer and within it', async (t) => {
  const { socket } = await openFakeService(t, ({ url }, response) => {
    if (url === '/begun') response.write('a')
  })
  await t.rejects(openAnswer({ socket }, { method: 'GET', path: '/x' }, 20), { message: 'no answer for 0.02 seconds' })
  await t.rejects(readAll(await openAnswer({ socket }, { method: 'GET', path: '/begun' }, 50)))
})

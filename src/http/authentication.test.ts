import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { askAs, openTestApp, openTestUnit, TOKEN } from '../testing/test-unit.ts'
import { acceptedBy, authenticate, callerOf, identityOf, type Listener } from './authentication.ts'

/** A request as its listener hands it over. */
function requestOn(listener: Listener | undefined, authorization?: string): FastifyRequest {
  const socket = new Socket()
  if (listener !== undefined) acceptedBy(socket, listener)
  return { id: 'r', raw: { socket }, headers: { authorization } } as unknown as FastifyRequest
}

t.test('every call but the public ones needs the token, whatever its method and its body', async (t) => {
  const { api } = await openTestApp(t)
  const ask = askAs(api, undefined)
  const closed = [
    ['GET', '/users'],
    ['POST', '/users'],
    ['GET', '/users/ada'],
    ['PATCH', '/users/ada'],
    ['DELETE', '/users/ada'],
    ['GET', '/gateways'],
    ['POST', '/gateways'],
    ['GET', '/tokens'],
    ['POST', '/tokens'],
    ['GET', '/tokens/ada'],
    ['DELETE', '/tokens/ada'],
    ['GET', '/audit'],
    ['GET', '/status'],
    ['HEAD', '/status'],
  ] as const
  const gateway = ['/gateway/gw.example.org', '/gateways/gw.example.org'].flatMap(
    (path) =>
      [
        ['GET', path],
        ['PATCH', path],
        ['DELETE', path],
        ['GET', `${path}/config`],
        ['GET', `${path}/certificates`],
        ['POST', `${path}/renew`],
      ] as const,
  )
  for (const [method, url] of [...closed, ...gateway]) {
    const { status, headers } = await ask(method, url, method === 'GET' || method === 'HEAD' ? undefined : '{"no', {
      'content-type': 'application/json',
    })
    t.equal(status, 401, `${method} ${url}`)
    t.equal(headers['www-authenticate'], 'Bearer')
  }
  for (const url of ['/health', '/ca.crt', '/crl.pem', '/openapi.json', '/docs', '/docs/json', '/problems/internal']) {
    t.equal((await ask('GET', url)).status, 200, url)
  }
})

t.test('the scheme is Bearer in any case, and the token is the whole of it', async (t) => {
  const { api } = await openTestApp(t)
  const status = async (authorization: string) =>
    (await askAs(api, undefined)('GET', '/users', undefined, { authorization })).status
  for (const right of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER ${TOKEN}`])
    t.equal(await status(right), 200, right)
  const basic = Buffer.from(`admin:${TOKEN}`).toString('base64')
  for (const wrong of [
    '',
    'Bearer',
    'Bearer ',
    TOKEN,
    `Basic ${basic}`,
    `Digest ${TOKEN}`,
    `Token ${TOKEN}`,
    `Bearer${TOKEN}`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN} x`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
    `Bearer "${TOKEN}"`,
    `x Bearer ${TOKEN}`,
  ]) {
    t.equal(await status(wrong), 401, wrong)
  }
})

t.test('nothing nasty is a token, and none is repeated in an answer or in the log', async (t) => {
  const { api, logged } = await openTestApp(t)
  for (const [name, text] of Object.entries(NASTY_TEXTS)) {
    const { status, text: answer } = await askAs(api, undefined)('GET', '/users', undefined, { authorization: text })
    t.equal(status, 401, name)
    t.ok(answer.length < 400)
  }
  await askAs(api, 'a-token-that-is-almost-right')('GET', '/users')
  t.notMatch(JSON.stringify(logged), 'almost-right')
})

t.test('a token elsewhere than in the header is none', async (t) => {
  const { api } = await openTestApp(t)
  const ask = askAs(api, undefined)
  t.equal((await ask('GET', `/users?token=${TOKEN}`)).status, 401)
  t.equal((await ask('GET', '/users', undefined, { cookie: `token=${TOKEN}` })).status, 401)
  t.equal((await ask('GET', '/users', undefined, { 'proxy-authorization': `Bearer ${TOKEN}` })).status, 401)
})

t.test(
  'the listener decides: on the socket nobody is asked, over TCP and on what none accepted the token is',
  async (t) => {
    const { unit } = await openTestUnit(t)
    const socket = requestOn('socket')
    authenticate(unit, socket)
    t.strictSame(callerOf(socket), { actor: 'administrator (socket)', requestId: 'r' })
    t.match(identityOf(socket), { scope: 'admin', host: undefined })
    const agent = requestOn('agent-socket', `Bearer ${TOKEN}`)
    authenticate(unit, agent)
    t.strictSame(identityOf(agent), {
      actor: 'agent (socket)',
      requestId: 'r',
      scope: 'agent',
      host: unit.config.hostName,
    })
    for (const listener of ['tcp', undefined] as const) {
      t.throws(() => authenticate(unit, requestOn(listener)), { code: 'unauthorized' })
      t.throws(() => authenticate(unit, requestOn(listener, 'Bearer wrong')), { code: 'unauthorized' })
      const request = requestOn(listener, `Bearer ${TOKEN}`)
      authenticate(unit, request)
      t.strictSame(callerOf(request), { actor: 'administrator (token)', requestId: 'r' })
    }
  },
)

t.test('a header can’t say that it came from the socket', async (t) => {
  const { api } = await openTestApp(t)
  const headers = { host: 'localhost', 'x-forwarded-for': '127.0.0.1', forwarded: 'for=unix', 'x-real-ip': '::1' }
  t.equal((await askAs(api, undefined)('GET', '/users', undefined, headers)).status, 401)
})

t.test('whoever was not authenticated is nobody’s caller', async (t) => {
  t.throws(() => callerOf(requestOn('socket')), { message: 'the request was not authenticated' })
})

t.test('the token is compared in constant time, at equal length whatever was sent', async (t) => {
  const { api } = await openTestApp(t)
  const original = crypto.timingSafeEqual
  const lengths: number[] = []
  t.teardown(() => {
    crypto.timingSafeEqual = original
    syncBuiltinESMExports()
  })
  crypto.timingSafeEqual = (a, b) => {
    lengths.push(a.byteLength, b.byteLength)
    return original(a, b)
  }
  syncBuiltinESMExports()
  for (const token of ['x', TOKEN, 'x'.repeat(5000)]) await askAs(api, token)('GET', '/users')
  t.strictSame(lengths, [32, 32, 32, 32, 32, 32])
})

import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { addGateway, addUser } from './asking.ts'
import { expectedFiles, listFiles } from './files.ts'
import { type Random, randomOf, readSeed } from './random.ts'
import { startService } from './start.ts'
import { bytesOf, connectTo, converse, freePort } from './tcp.ts'

const CONNECTIONS = 300
const AT_ONCE = 30
const seed = readSeed()
t.comment(`SEED=${seed}`)

async function makeOnTcp(t: Test, environment: Record<string, string> = {}) {
  const data = join(temporaryFolder(t), 'data')
  const port = await freePort()
  const service = await startService(t, data, {
    VPNUNIT_PORT: String(port),
    VPNUNIT_LOG_LEVEL: 'trace',
    ...environment,
  })
  const token = readFileSync(join(data, 'admin-token'), 'utf8').trim()
  return { data, port, service, token }
}

t.test('a client that resets its connection never becomes the administrator', async (t) => {
  const { port, service } = await makeOnTcp(t)
  const random = randomOf(seed)
  for (let n = 0; n < CONNECTIONS; n += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, k) => `u${n + k}`)
    await Promise.all(names.map((name) => attack(port, name, random)))
  }
  await converse(port, bytesOf('GET', '/health', undefined, { connection: 'close' }))
  t.same((await service.request('GET', '/users')).body, [], 'nobody was created')
  t.same((await service.request('GET', '/audit')).body, await changesOfStart(service), 'nothing was changed')
  const answered = [...service.process.output.matchAll(/"method":"POST".*"status":(\d+)/g)].map(([, status]) => status)
  t.ok(answered.length > CONNECTIONS / 10, `${answered.length} requests were heard before their reset`)
  t.same([...new Set(answered)], ['401'])
})

/** Sends one request without a token, or several in a row, or a part of them, and resets at some moment. */
async function attack(port: number, name: string, random: Random): Promise<void> {
  const socket = await connectTo(port)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const headers = random.pick([{}, { expect: '100-continue' }, { authorization: 'Bearer ' }])
  const whole = Array.from({ length: 1 + random.below(4) }, (_, n) =>
    bytesOf('POST', '/users', { name: `${name}-${n}` }, headers),
  ).join('')
  const isWhole = random.below(3) > 0
  const bytes = isWhole ? whole : whole.slice(0, random.below(whole.length))
  // A part of a request is never answered.
  const answered = isWhole ? new Promise((resolve) => socket.once('data', resolve)) : turns(100)
  await new Promise((resolve) => socket.write(bytes, resolve))
  const moments = [() => undefined, () => turns(random.below(20)), () => Promise.race([answered, closed])]
  await random.pick(moments)()
  socket.resetAndDestroy()
  await closed
}

/** Some turns of the event loop: a moment that differs, and is not measured in time. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn()
}

async function changesOfStart(service: Service): Promise<object[]> {
  const { body } = await service.request<{ actor: string }[]>('GET', '/audit')
  return body.filter(({ actor }) => actor === 'vpnunit')
}

t.test('every call but the open ones wants the token, and a wrong one of any sort is refused', async (t) => {
  const { port, service, token } = await makeOnTcp(t)
  for (const authorization of wrongOnes(token)) {
    const answer = await converse(port, bytesOf('GET', '/users', undefined, { authorization, connection: 'close' }))
    isUnauthorized(t, answer, JSON.stringify(authorization.slice(0, 30)))
  }
  const cookie = { cookie: `token=${token}`, 'x-forwarded-for': '127.0.0.1', 'x-authorization': `Bearer ${token}` }
  const elsewhere = bytesOf('GET', `/users?token=x&authorization=Bearer`, undefined, { ...cookie, connection: 'close' })
  isUnauthorized(t, await converse(port, elsewhere), 'a token elsewhere')
  const right = { authorization: `Bearer ${token}`, connection: 'close' }
  t.match(
    await converse(port, bytesOf('GET', '/users', undefined, right)),
    /^HTTP\/1\.1 200 /,
    'the right one is let in',
  )
  t.notMatch(service.process.output, token)
})

/** Headers that look like the right one, or hold it in a form that is not asked for. */
function wrongOnes(token: string): string[] {
  return [
    '',
    'Bearer',
    'Bearer ',
    'Bearer  ',
    token,
    `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`,
    `Token ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer x${token}`,
    `Bearer ${token} ${token}`,
    `Bearer ${token},`,
    `Bearer "${token}"`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${'a'.repeat(token.length)}`,
    `Bearer ${'a'.repeat(8000)}`,
    `Bearer ${'\xe9'.repeat(token.length)}`,
    'Bearer undefined',
    'Bearer null',
    'Bearer [object Object]',
    `Bearer\t${token}`,
  ]
}

function isUnauthorized(t: Test, answer: string, what: string): void {
  t.match(answer, /^HTTP\/1\.1 401 /, `${what} is refused`)
  t.match(answer, /\r\nwww-authenticate: Bearer/i)
  t.match(answer, /\r\ncontent-type: application\/problem\+json/i)
  t.match(answer, '"type":"/problems/unauthorized"')
}

const OPEN = /^\/(health|ca\.crt|crl\.pem|openapi\.json|docs.*|problems.*)?$/

t.test('each call of the description but the open ones is refused without a token', async (t) => {
  const { port, service } = await makeOnTcp(t)
  const { body } = await service.request<{ paths: Record<string, object> }>('GET', '/openapi.json')
  let closed = 0
  for (const [path, methods] of Object.entries(body.paths)) {
    for (const method of Object.keys(methods)) {
      const url = path.replaceAll(/\{\w+\}/g, 'x.example.org')
      const answer = await converse(port, bytesOf(method.toUpperCase(), url, undefined, { connection: 'close' }))
      if (OPEN.test(path)) t.match(answer, /^HTTP\/1\.1 (200|404) /, `${path} is open`)
      else isUnauthorized(t, answer, `${method} ${path}`)
      if (!OPEN.test(path)) closed++
    }
  }
  t.ok(closed >= 15, `${closed} calls are closed`)
})

t.test('the unix socket needs no token, and its mode lets nobody else in', async (t) => {
  const { data, service } = await makeOnTcp(t)
  await addUser(service, 'ada')
  await addGateway(service, 'a.example.org')
  t.equal(listFiles(data)['vpnunit.sock'], 0o600)
  t.equal(await withWrongToken(data), 200, 'a token that is sent all the same is not looked at')
  t.same(listFiles(data), expectedFiles(['a.example.org']), 'every file has its mode')
})

function withWrongToken(data: string): Promise<number | undefined> {
  const headers = { authorization: 'Bearer wrong-wrong-wrong' }
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: join(data, 'vpnunit.sock'), path: '/users', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject).end()
  })
}

t.test('secrets are neither in the log nor on the command line', async (t) => {
  const chosen = 'a-token-that-somebody-chose'
  const { data, port, service, token: made } = await makeOnTcp(t)
  await addUser(service, 'ada')
  await addGateway(service, 'a.example.org')
  const { text } = await service.request('GET', '/gateway/a.example.org/config')
  for (const authorization of [`Bearer ${made}`, `Bearer ${made}x`, `Basic ${made}`]) {
    await converse(port, bytesOf('POST', '/users', { name: 'A' }, { authorization, connection: 'close' }))
  }
  const keys = [text, readFileSync(join(data, 'pki/private/ca.key'), 'utf8')].join('\n').match(/^[\w+/=]{40,}$/gm) ?? []
  await service.stop()
  t.match(service.process.output, /"status":401/)
  for (const secret of [made, ...keys]) t.notOk(service.process.output.includes(secret))

  const second = await startService(t, data, { VPNUNIT_ADMIN_TOKEN: chosen, VPNUNIT_PORT: String(port) })
  const commandLine = readFileSync(`/proc/${second.process.pid}/cmdline`, 'latin1')
  for (const secret of [made, chosen]) t.notOk(commandLine.includes(secret))
  t.notOk(second.process.output.includes(chosen))
  const answer = await converse(
    port,
    bytesOf('GET', '/users', undefined, { authorization: `Bearer ${made}`, connection: 'close' }),
  )
  isUnauthorized(t, answer, 'the token of the file while a setting names another')
})

import { once } from 'node:events'
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, connect, createServer, type NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import t from 'tap'
import { openssl } from '../ca/testing/program.ts'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { openTestApp, TOKEN } from '../testing/test-unit.ts'
import { listenOnSocket, listenOnTcp } from './listeners.ts'

type Test = Parameters<typeof openTestApp>[0]

/** Short, because the path of a socket holds 107 octets. */
const FOLDER = t.testdir({})
const SOCKET = join(FOLDER, 's')

const HOST = 'Host: localhost\r\n'
const JSON_HEADERS = `${HOST}Content-Type: application/json\r\n`

async function openSocket(t: Test) {
  const app = await openTestApp(t)
  const listener = await listenOnSocket(app.api, SOCKET)
  t.teardown(() => listener.close())
  return { ...app, listener, at: { path: SOCKET } }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function openTcp(t: Test, tls?: { certificate: string; key: string }) {
  const app = await openTestApp(t)
  const at = { host: '127.0.0.1', port: await freePort() }
  const listener = await listenOnTcp(app.api, { ...app.unit.config, ...at, tls })
  t.teardown(() => listener.close())
  return { ...app, listener, at }
}

/** Sends bytes and returns the first answer, whole, or what there is of it when the other side closes. */
function exchange(at: NetConnectOpts, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(at, () => socket.write(bytes))
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      answer += text
      if (answer.length >= lengthOf(answer)) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer.slice(0, lengthOf(answer))))
  })
}

/** How long an answer is that begins so. */
function lengthOf(answer: string): number {
  const length = /^content-length: (\d+)\r$/im.exec(answer)?.[1]
  const head = answer.indexOf('\r\n\r\n')
  return length === undefined || head < 0 ? Number.POSITIVE_INFINITY : head + 4 + Number(length)
}

function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}${headers}Connection: close\r\n\r\n`
}

/** What is wrong with the answer to something that is to be refused: a problem document, or no answer at all. */
function faultOf(answer: string): string | undefined {
  if (answer === '') return undefined
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  if (!/^HTTP\/1\.1 4\d\d /.test(head)) return answer.slice(0, 100)
  if (!/^content-type: application\/problem\+json/im.test(head)) return `no problem document: ${answer.slice(0, 100)}`
  const { type, status } = JSON.parse(body)
  return type.startsWith('/problems/') && head.includes(` ${status} `) ? undefined : body
}

const NO_REQUESTS: Record<string, string | Buffer> = {
  'a word': 'GARBAGE\r\n\r\n',
  'a handshake of TLS': Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]),
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  zeros: Buffer.alloc(1000),
  'an unknown method': `FOO /users HTTP/1.1\r\n${HOST}\r\n`,
  'a path without its slash': `GET health HTTP/1.1\r\n${HOST}\r\n`,
  'line feeds alone': 'GET /health HTTP/1.1\nHost: x\n\n',
  'a NUL in the path': `GET /users/\0 HTTP/1.1\r\n${HOST}\r\n`,
  'octets that are no ASCII': Buffer.from(`GET /users/\xff\xfe HTTP/1.1\r\n${HOST}\r\n`, 'latin1'),
  'a NUL in a header': get('/users', 'X: a\0b\r\n'),
  'a blank before the colon': get('/users', 'X : a\r\n'),
  'a header over two lines': get('/users', 'X: a\r\n b\r\n'),
  'a header of 100,000 octets': get('/users', `X: ${'a'.repeat(100_000)}\r\n`),
  'a path of 100,000 octets': get(`/users/${'a'.repeat(100_000)}`),
  '3,000 headers': get('/users', 'X: a\r\n'.repeat(3000)),
  'two lengths': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`,
  'a length and chunks': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a negative length': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: -4\r\n\r\nabcd`,
  'a length of 30 digits': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: ${'9'.repeat(30)}\r\n\r\nabcd`,
  'a length beyond the limit': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 99999999999\r\n\r\nabcd`,
  'a chunk of no length': chunked('ZZ\r\nabc\r\n0\r\n\r\n'),
  'a chunk of another length': chunked('3\r\nabcdef\r\n0\r\n\r\n'),
  'a chunk with a long extension': chunked(`3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
  'more chunks than a body may have': chunked(`${`1000\r\n${'a'.repeat(4096)}\r\n`.repeat(80)}0\r\n\r\n`),
  'an encoding that is unknown': `POST /users HTTP/1.1\r\n${JSON_HEADERS}Transfer-Encoding: gzip\r\n\r\nabc`,
  'a tunnel': `CONNECT gw.example.org:22 HTTP/1.1\r\n${HOST}\r\n`,
  'all options': `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
  'a path upwards': get('/users/../../../etc/passwd'),
  'a path upwards in the documentation': get('/docs/static/../../../../package.json'),
}

function chunked(body: string): string {
  return `POST /users HTTP/1.1\r\n${JSON_HEADERS}Transfer-Encoding: chunked\r\n\r\n${body}`
}

t.test('the unix socket is for its owner alone, who is asked for no token and stands in the audit', async (t) => {
  const umask = process.umask()
  const { at, ask } = await openSocket(t)
  t.equal(statSync(SOCKET).mode & 0o777, 0o600)
  t.equal(process.umask(), umask, 'the umask is what it was')
  const body = '{"name":"ada"}'
  const post = `POST /users HTTP/1.1\r\n${JSON_HEADERS}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  t.match(await exchange(at, post), /^HTTP\/1\.1 201 Created\r\n/)
  t.match((await ask('GET', '/audit?limit=1')).body, [{ action: 'user.create', actor: 'administrator (socket)' }])
})

t.test('over TCP the token is asked for', async (t) => {
  const { at } = await openTcp(t)
  t.match(await exchange(at, get('/users')), /^HTTP\/1\.1 401 Unauthorized\r\n(.+\r\n)*www-authenticate: Bearer\r\n/)
  t.match(await exchange(at, get('/users', 'Authorization: Bearer wrong\r\n')), /^HTTP\/1\.1 401 /)
  t.match(await exchange(at, get('/users', `Authorization: Bearer ${TOKEN}\r\n`)), /^HTTP\/1\.1 200 OK\r\n/)
  t.match(await exchange(at, get('/health')), /^HTTP\/1\.1 200 OK\r\n/)
})

for (const [where, open] of Object.entries({ 'the socket': openSocket, TCP: openTcp })) {
  t.test(`bytes that are no request get a problem document or nothing over ${where}, and it serves on`, async (t) => {
    const { at, ask, logged } = await open(t)
    for (const [name, bytes] of Object.entries(NO_REQUESTS))
      t.equal(faultOf(await exchange(at, bytes)), undefined, name)
    for (const [name, text] of Object.entries(NASTY_TEXTS)) {
      t.equal(faultOf(await exchange(at, get(`/users/${text}`))), undefined, `${name} in the path`)
      const headers = `Authorization: ${text}\r\nIf-None-Match: ${text}\r\n`
      t.equal(faultOf(await exchange(at, get('/users/nobody', headers))), undefined, `${name} in headers`)
    }
    t.match(await exchange(at, get('/health')), /^HTTP\/1\.1 200 OK\r\n/)
    t.strictSame((await ask('GET', '/users')).body, [])
    t.strictSame(
      logged.filter(({ level }) => Number(level) > 30),
      [],
    )
  })
}

t.test(
  'what Node itself would refuse with nothing to read is answered, or refused by a problem document',
  async (t) => {
    const { at } = await openSocket(t)
    const faultOfAny = (answer: string) => (answer.startsWith('HTTP/1.1 200 ') ? undefined : faultOf(answer))
    t.equal(faultOfAny(await exchange(at, 'GET /users HTTP/1.1\r\n\r\n')), undefined, 'without a host')
    t.equal(faultOfAny(await exchange(at, get('/users', 'Expect: a miracle\r\n'))), undefined, 'with an expectation')
  },
)

t.test('who leaves in the middle takes nobody along', async (t) => {
  const { at, ask } = await openTcp(t)
  const half = `POST /users HTTP/1.1\r\n${JSON_HEADERS}Authorization: Bearer ${TOKEN}\r\nContent-Length: 14\r\n\r\n{"name"`
  for (const bytes of ['GET /users HT', half, get('/docs'), `${half}:"ada"}`]) {
    const socket = connect(at)
    await once(socket, 'connect')
    socket.write(bytes)
    socket.resetAndDestroy()
  }
  t.match(await exchange(at, get('/health')), /^HTTP\/1\.1 200 OK\r\n/)
  t.equal((await ask('GET', '/users')).status, 200)
})

/** Node's own server, but that it looks for slow requests at once and has less patience. */
function impatient(t: Test): void {
  const original = http.createServer
  t.teardown(() => {
    http.createServer = original
    syncBuiltinESMExports()
  })
  http.createServer = ((options: http.ServerOptions | undefined, handler: http.RequestListener) => {
    if (options?.headersTimeout === undefined) return original(options ?? {}, handler)
    t.match(options, { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 60_000 })
    const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 10 }
    return original({ ...options, ...limits }, handler)
  }) as typeof http.createServer
  syncBuiltinESMExports()
}

t.test('a request that never ends is ended, and meanwhile others are served', async (t) => {
  impatient(t)
  const { at } = await openSocket(t)
  const slow = [exchange(at, `GET /users HTTP/1.1\r\n${HOST}`), exchange(at, chunked('3\r\nabc\r\n')), exchange(at, '')]
  t.match(await exchange(at, get('/health')), /^HTTP\/1\.1 200 OK\r\n/)
  for (const answer of await Promise.all(slow)) t.equal(faultOf(answer), undefined)
})

// A connection that is kept for a next request would hold the stop for the ten seconds that it waits at most.
t.test('a stop lets what is under way finish, and takes nothing new', { timeout: 5000 }, async (t) => {
  const { at, listener, ask } = await openSocket(t)
  const [idle, busy] = [connect(at), connect(at)]
  busy.write(`POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 14\r\nExpect: 100-continue\r\n\r\n`)
  t.match(String((await once(busy, 'data'))[0]), /^HTTP\/1\.1 100 Continue/, 'it is under way')
  const [closed, ended] = [listener.close(), once(idle, 'close')]
  idle.resume()
  await ended
  t.equal(await exchange(at, get('/health')), '', 'nobody answers any more')
  busy.write('{"name":"ada"}')
  t.match(String((await once(busy, 'data'))[0]), /^HTTP\/1\.1 201 Created/)
  const gone = once(busy, 'close')
  busy.resume()
  await Promise.all([closed, gone])
  t.equal((await ask('GET', '/users/ada')).status, 200)
})

t.test('a stop does not wait for ever', async (t) => {
  const { at, listener } = await openSocket(t)
  const socket = connect(at)
  socket.write(`POST /users HTTP/1.1\r\n${JSON_HEADERS}Content-Length: 14\r\nExpect: 100-continue\r\n\r\n`)
  await once(socket, 'data')
  const original = globalThis.setTimeout
  globalThis.setTimeout = ((act: () => void, ms: number) => original(act, ms === 10_000 ? 1 : ms)) as typeof setTimeout
  const closed = listener.close()
  globalThis.setTimeout = original
  socket.resume()
  await Promise.all([closed, once(socket, 'close')])
  t.notOk(existsSync(SOCKET))
})

t.test('a socket that a crash left is replaced', async (t) => {
  writeFileSync(SOCKET, '')
  chmodSync(SOCKET, 0o666)
  const { at } = await openSocket(t)
  t.match(await exchange(at, get('/health')), /^HTTP\/1\.1 200 OK\r\n/)
  t.equal(statSync(SOCKET).mode & 0o777, 0o600)
})

t.test('a port that is taken and a folder that is not there are faults of the start', async (t) => {
  const { api, unit, at } = await openTcp(t)
  await t.rejects(listenOnTcp(api, { ...unit.config, ...at }), { message: /in use/ })
  await t.rejects(listenOnSocket(api, join(FOLDER, 'nowhere/s')), { message: /listen/ })
})

/** A certificate and its key, as an administrator might make them. */
function writeCertificate(name: string): { certificate: string; key: string } {
  const [certificate, key] = [join(FOLDER, 'tls.crt'), join(FOLDER, 'tls.key')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate]
  t.ok(openssl(['req', '-x509', ...made, '-subj', `/CN=${name}`, '-days', '2']).isWell)
  return { certificate, key }
}

async function handshake(at: { host: string; port: number }): Promise<TLSSocket> {
  const socket = connectTls({ ...at, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

t.test(
  'with a certificate TCP speaks TLS only, asks for the token, and reads a new certificate by itself',
  async (t) => {
    const looks: (() => void)[] = []
    const original = globalThis.setInterval
    globalThis.setInterval = ((look: () => void, ms: number) => {
      if (ms === 60_000) looks.push(look)
      return original(look, ms)
    }) as typeof setInterval
    const { at } = await openTcp(t, writeCertificate('first.example.org'))
    globalThis.setInterval = original
    t.equal(await exchange(at, get('/health')), '', 'plain text gets nothing')
    const socket = await handshake(at)
    t.match(socket.getProtocol(), /^TLSv1\.[23]$/)
    t.equal(socket.getPeerCertificate().subject.CN, 'first.example.org')
    socket.write(get('/users'))
    t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 401 /)
    writeFileSync(join(FOLDER, 'tls.crt'), 'half of a pair')
    for (const look of looks) look()
    const unmoved = await handshake(at)
    t.equal(unmoved.getPeerCertificate().subject.CN, 'first.example.org', 'what is no pair is not taken')
    unmoved.destroy()
    writeCertificate('second.example.org')
    for (const look of looks) look()
    const renewed = await handshake(at)
    t.equal(renewed.getPeerCertificate().subject.CN, 'second.example.org')
    renewed.destroy()
  },
)

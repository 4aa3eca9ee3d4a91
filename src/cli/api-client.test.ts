import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { listenOnTcp } from '../serve/listeners.ts'
import { openTestUnit, TOKEN } from '../testing/test-unit.ts'
import { createApiClient } from './api-client.ts'
import { openFakeService, openTestCli, socketPath } from './testing/cli.ts'

const answering = (status: number, text: string): RequestListener => {
  return (_, response) => response.writeHead(status).end(text)
}

/** A client of a service of the test's own. */
async function clientOf(t: Test, answer: RequestListener, silenceMs?: number) {
  const { socket } = await openFakeService(t, answer)
  return { socket, client: createApiClient({ socket }, undefined, silenceMs) }
}

/** A service of the test's own on TCP. */
async function listen(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('over the socket the service answers without a token', async (t) => {
  const { socket } = await openTestCli(t)
  const client = createApiClient({ socket }, undefined)
  t.match(await client.json('POST', '/users', { name: 'ada' }), { name: 'ada', number: 2 })
  t.equal(await client.json('DELETE', '/users/ada'), undefined, 'no content is no JSON')
  t.match(await client.text('/ca.crt'), /^-----BEGIN CERTIFICATE-----\n/)
  await t.rejects(client.json('GET', '/users/ada'), { name: 'Refusal', code: 'user-unknown' })
})

t.test('over TCP it wants the token of the file', async (t) => {
  const { unit } = await openTestUnit(t)
  const config = { ...readConfig({}), port: 0 }
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const listener = await listenOnTcp(await buildApp(unit), { ...config, port })
  t.teardown(() => listener.close())
  const address = { url: `http://127.0.0.1:${port}` }
  const files = t.testdir({ right: `${TOKEN}\n`, wrong: 'another-token-of-sixteen' })
  t.same(await createApiClient(address, join(files, 'right')).json('GET', '/users'), [])
  for (const file of [undefined, join(files, 'wrong')]) {
    const refused = { name: 'Refusal', code: 'unauthorized', message: 'VPNUNIT_TOKEN_FILE' }
    await t.rejects(createApiClient(address, file).json('GET', '/users'), refused)
  }
})

t.test('a token’s file that can’t be used is a wrong setting', async (t) => {
  const files = t.testdir({ empty: '\n', two: 'one two', lines: 'one\ntwo', odd: 'ä' })
  for (const name of ['none', 'empty', 'two', 'lines', 'odd']) {
    const file = join(files, name)
    const wrong = { name: 'WrongUsage', message: `VPNUNIT_TOKEN_FILE ${file} can't be used` }
    t.throws(() => createApiClient({ socket: '/nowhere' }, file), wrong, name)
  }
})

t.test('https where the service speaks http is told so', async (t) => {
  const url = (await listen(t, (_, response) => response.end('[]'))).replace('http:', 'https:')
  await t.rejects(createApiClient({ url }, undefined).json('GET', '/users'), {
    name: 'Unreachable',
    message: `what answers at ${url} speaks no TLS: does VPNUNIT_API say https:// where the service has http://?`,
  })
})

t.test('the service may stand below a path', async (t) => {
  const url = await listen(t, (request, response) => response.end(JSON.stringify(request.url)))
  for (const [base, path] of Object.entries({ '': '/users?a=b', '/': '/users?a=b', '/vpn/': '/vpn/users?a=b' })) {
    t.equal(await createApiClient({ url: url + base }, undefined).json('GET', '/users?a=b'), path)
  }
})

for (const [what, status, text, words] of [
  ['a page', 200, '<html>', 'its answer is not JSON'],
  ['a page that is refused', 502, '<html>', 'it says 502'],
  ['a redirection', 302, '', 'it says 302'],
  ['a refusal of another API', 404, '{"error":"no"}', 'it says 404'],
] as const) {
  t.test(`${what} is no answer of vpnunit`, async (t) => {
    const { client, socket } = await clientOf(t, answering(status, text))
    const message = `what answers at ${socket} is not vpnunit: ${words}`
    await t.rejects(client.json('GET', '/users'), { name: 'Unreachable', message })
  })
}

t.test('a text that a terminal would obey is no answer of vpnunit', async (t) => {
  for (const text of ['a\u001b[2J', 'a\rb', '\u009b', '\0', '\u202e']) {
    const { client } = await clientOf(t, answering(200, text))
    await t.rejects(client.text('/x'), { name: 'Unreachable', message: 'its answer is no text' })
  }
  const { client } = await clientOf(t, answering(200, 'a\tb\n\n“ä”\n'))
  t.equal(await client.text('/x'), 'a\tb\n\n“ä”\n')
})

t.test('a service that is not there is told from one that is closed to the caller', async (t) => {
  const socket = socketPath(t)
  const none = createApiClient({ socket }, undefined)
  await t.rejects(none.json('GET', '/users'), {
    name: 'Unreachable',
    message: `there is no ${socket}: is the service run`,
  })
  const { client, socket: left } = await clientOf(t, answering(200, '[]'))
  t.same(await client.json('GET', '/users'), [])
  const closed = createApiClient({ url: 'http://127.0.0.1:1' }, undefined)
  await t.rejects(closed.json('GET', '/users'), {
    name: 'Unreachable',
    message: 'nobody answers at http://127.0.0.1:1',
  })
  t.not(left, socket)
})

t.test('a service that dies before it has answered is not reachable', async (t) => {
  const { client } = await clientOf(t, (request) => request.socket.destroy())
  await t.rejects(client.json('GET', '/users'), { name: 'Unreachable', message: /can't be asked: socket hang up$/ })
  const half = await clientOf(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('[', () => response.destroy())
  })
  await t.rejects(half.client.json('GET', '/users'), { name: 'Unreachable', message: /can't be asked: aborted$/ })
})

t.test('a service that is silent is not waited for without end', async (t) => {
  const { client } = await clientOf(t, () => undefined, 20)
  await t.rejects(client.json('GET', '/users'), { name: 'Unreachable', message: 'no answer for 0.02 seconds' })
})

t.test('what is no HTTP at all is said so', async (t) => {
  const { client } = await clientOf(t, (request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
  await t.rejects(client.json('GET', '/users'), { name: 'Unreachable', message: 'Parse Error' })
})

t.test('a certificate of an unknown authority is said to be one, with the way to make it known', async (t) => {
  const folder = t.testdir({})
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, answering(200, '[]'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  const unknown = { name: 'Unreachable', message: `certificate of ${url} is of an authority that is not known here` }
  await t.rejects(createApiClient({ url }, undefined).json('GET', '/users'), unknown)
  await t.rejects(createApiClient({ url }, undefined).json('GET', '/users'), { message: 'NODE_EXTRA_CA_CERTS' })
})

t.test('a stream is there as soon as it begins, in characters that no chunk cuts', async (t) => {
  const asked: unknown[] = []
  const { client } = await clientOf(t, ({ url, headers }, response) => {
    asked.push(url, headers['last-event-id'])
    const bytes = Buffer.from('ä“')
    response.write(bytes.subarray(0, 1))
    setTimeout(() => response.end(bytes.subarray(1)), 20)
  })
  const chunks: string[] = []
  for await (const chunk of await client.stream('/events?last=1', { headers: { 'last-event-id': 'f.1' } })) {
    chunks.push(chunk)
  }
  t.equal(chunks.join(''), 'ä“')
  t.same(asked, ['/events?last=1', 'f.1'])
})

t.test('a stream is refused, and breaks, as any answer', async (t) => {
  const refused = await clientOf(t, answering(404, '{"type":"/problems/not-found","detail":"No."}'))
  await t.rejects(refused.client.stream('/x', {}), { name: 'Refusal', code: 'not-found' })
  const { client } = await clientOf(t, (_, response) => response.write('a', () => response.destroy()))
  const stream = await client.stream('/x', {})
  await t.rejects(
    stream[Symbol.asyncIterator]()
      .next()
      .then(() => stream[Symbol.asyncIterator]().next()),
    {
      name: 'Unreachable',
      message: "can't be asked",
    },
  )
})

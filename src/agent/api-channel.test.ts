import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { shortFolder } from '../testing/short-folder.ts'
import { openApiChannel, refusalOf } from './api-channel.ts'

async function serve(t: Test, listener: RequestListener) {
  const folder = shortFolder(t)
  const path = join(folder, 'agent.sock')
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, 'secret-token\n')
  const channel = openApiChannel({ socket: path }, tokenFile)
  t.teardown(() => {
    channel.close()
    server.closeAllConnections()
    server.close()
  })
  return channel
}

const question = { method: 'GET' as const, path: '/agent/state', timeoutMs: 2000 }

t.test('a question with its token, and an answer that was zipped', async (t) => {
  const channel = await serve(t, (request, response) => {
    const { url, method, headers } = request
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync(JSON.stringify({ url, method, authorization: headers.authorization })))
  })
  const body = { url: '/agent/state', method: 'GET', authorization: 'Bearer secret-token' }
  t.same(await channel.ask(question), { status: 200, body })
})

t.test('an answer without a body, and a refusal in words', async (t) => {
  const channel = await serve(t, (request, response) => {
    if (request.method === 'PUT') response.writeHead(204).end()
    else response.writeHead(403).end('{"detail":"not yours"}')
  })
  t.same(await channel.ask({ ...question, method: 'PUT', body: {} }), { status: 204, body: undefined })
  t.equal(refusalOf(await channel.ask(question)), 'it says 403: not yours')
  t.equal(refusalOf({ status: 500, body: null }), 'it says 500')
})

t.test('what is no answer is an error: not JSON, too late, cut, nobody there', async (t) => {
  const channel = await serve(t, (request, response) => {
    if (request.url === '/html') response.end('<html>')
    else if (request.url === '/cut')
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy())
  })
  await t.rejects(channel.ask({ ...question, path: '/html' }), /not vpnunit: status 200, and no JSON/)
  await t.rejects(channel.ask({ ...question, path: '/cut' }))
  await t.rejects(channel.ask({ ...question, path: '/never', timeoutMs: 50 }), { name: /Timeout|Abort/ })
  const aborted = channel.ask({ ...question, path: '/never', signal: AbortSignal.timeout(20) })
  await t.rejects(aborted, { name: /Timeout|Abort/ })
  await t.rejects(openApiChannel({ socket: '/nowhere/agent.sock' }, undefined).ask(question), { code: 'ENOENT' })
  await t.rejects(openApiChannel({ url: 'http://127.0.0.1:1/below/' }, undefined).ask(question), {
    code: 'ECONNREFUSED',
  })
})

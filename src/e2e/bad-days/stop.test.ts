import { existsSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Service } from '../lab/service.ts'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { until } from '../lab/until.ts'
import { addGateway, addUser, ask } from './asking.ts'
import { noOtherClock, timesAsFast } from './clock.ts'
import { expectedFiles, identities, listFiles } from './files.ts'
import { differences } from './rows-and-files.ts'
import { startService } from './start.ts'
import { bytesOf, connectTo, freePort } from './tcp.ts'

/** With every answer given and every idle connection closed there is nothing left to wait for. */
const SOON_MS = 3000

/** What a caller is waited for that does not finish its request. */
const STOP_MS = 10_000

async function makeUser(t: Test, environment: Record<string, string> = {}) {
  const data = join(temporaryFolder(t), 'data')
  const service = await startService(t, data, environment)
  await addUser(service, 'ada')
  return { data, service }
}

/** Tells it to stop, and answers its exit code and how long after `last` it was gone. */
async function stop(service: Service, last: Promise<unknown> = Promise.resolve()) {
  service.process.signal('SIGTERM')
  const answered = last.then(() => performance.now())
  const code = await service.process.waitForEnd(STOP_MS + SOON_MS)
  return { code, ms: Math.round(performance.now() - (await answered)) }
}

t.test('what is under way at SIGTERM is answered, and is there after the restart', async (t) => {
  const { data, service } = await makeUser(t)
  const names = Array.from({ length: 12 }, (_, n) => `g${n}.example.org`)
  // Keys of RSA take long to make, so that the signal comes in between.
  const changes = names.map((name) => service.request('POST', '/gateways', { name, user: 'ada', keyType: 'rsa-2048' }))
  await Promise.race(changes)
  const all = Promise.allSettled(changes)
  const { code, ms } = await stop(service, all)
  const replies = await all
  t.equal(code, 0)
  t.ok(ms < SOON_MS, `it ended ${ms} ms after the last answer`)
  t.same(
    new Set(replies.map((reply) => (reply.status === 'fulfilled' ? reply.value.status : String(reply.reason)))),
    new Set([201]),
  )
  t.notOk(existsSync(join(data, 'vpnunit.sock')), 'the socket is gone')
  t.match(service.process.output, /"msg":"stopped"/)

  const second = await startService(t, data)
  t.match(
    (await second.request('GET', '/gateways')).body,
    names.toSorted().map((name) => ({ name })),
  )
  t.same(await differences(second), [])
})

t.test('connections that are kept open do not hold up the stop', async (t) => {
  const port = await freePort()
  const { service } = await makeUser(t, { VPNUNIT_PORT: String(port) })
  const sockets = await Promise.all([connectTo(port), connectTo(port), connectTo(port)])
  for (const socket of sockets.slice(0, 2)) {
    socket.write(bytesOf('GET', '/health'))
    await new Promise((resolve) => socket.once('data', resolve))
  }
  const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
  const { code, ms } = await stop(service)
  t.equal(code, 0)
  t.ok(ms < SOON_MS, `it took ${ms} ms`)
  await closed
})

t.test('callers that go on asking on open connections are not served without end', async (t) => {
  const { data, service } = await makeUser(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  t.teardown(() => agent.destroy())
  let answers = 0
  const asking = Array.from({ length: 8 }, () => askWithoutEnd(data, agent, () => answers++))
  await until('everybody was answered', 5000, () => answers > 100)
  const before = answers
  const { code, ms } = await stop(service)
  await Promise.all(asking)
  t.equal(code, 0)
  t.ok(ms < SOON_MS, `it took ${ms} ms, in which ${answers - before} answers were given`)
})

async function askWithoutEnd(data: string, agent: Agent, told: () => void): Promise<void> {
  const options = { socketPath: join(data, 'vpnunit.sock'), path: '/users', agent }
  const once = () =>
    new Promise((resolve, reject) => {
      const call = request(options, (response) => response.resume().on('end', resolve).on('error', reject))
      call.on('error', reject).end()
    })
  try {
    for (;;) {
      await once()
      told()
    }
  } catch {
    // The service is gone.
  }
}

t.test('a request that is never finished is waited for ten seconds at most', { skip: noOtherClock }, async (t) => {
  const port = await freePort()
  const { service } = await makeUser(t, { VPNUNIT_PORT: String(port), ...timesAsFast(10) })
  const [head, body] = await Promise.all([connectTo(port), connectTo(port)])
  head.write('GET /users HTTP/1.1\r\nhost: x\r\n')
  body.write(bytesOf('POST', '/users', { name: 'bob' }).slice(0, -3))
  await service.request('GET', '/health')
  t.equal((await stop(service)).code, 0)
  const [from, to] = ['stopping', 'stopped'].map((word) => loggedAt(service, word))
  const ms = Number(to) - Number(from)
  t.ok(ms > STOP_MS - 1000 && ms < STOP_MS + 10 * SOON_MS, `it was given ${ms} ms by the clock of the service`)
})

function loggedAt({ process }: Service, word: string): number {
  const line = process.output.split('\n').find((text) => text.includes(`"msg":"${word}"`)) ?? '{}'
  return Date.parse(JSON.parse(line).time)
}

t.test('a plain restart finds nothing to heal and touches no file', async (t) => {
  const { data, service } = await makeUser(t)
  await addGateway(service, 'a.example.org')
  await addGateway(service, 'b.example.org')
  await ask(service, 'DELETE', '/gateway/b.example.org')
  const audit = (await service.request('GET', '/audit')).body
  t.equal((await stop(service)).code, 0)
  const left = listFiles(data)
  const before = identities(data)

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const again = await startService(t, data)
    t.same((await again.request('GET', '/audit')).body, audit, 'the audit has not grown')
    t.same(identities(data), before)
    again.process.signal(signal)
    t.equal(await again.process.waitForEnd(SOON_MS), 0)
    t.same(identities(data), before)
    t.same(listFiles(data), left)
  }
  const wanted = expectedFiles(['a.example.org'])
  t.same(
    Object.keys(wanted)
      .filter((name) => !(name in left))
      .sort(),
    ['database.sqlite3-shm', 'database.sqlite3-wal', 'run/agent.sock', 'serve.lock-journal', 'vpnunit.sock'],
    'a stop takes away what is there only while it serves',
  )
  t.match(readFileSync(join(data, 'serve.lock.holder'), 'utf8'), /^process \d+ /)
})

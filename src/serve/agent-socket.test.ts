import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { openTestApp, TOKEN } from '../testing/test-unit.ts'
import { agentSocketOf, openAgentSocket } from './agent-socket.ts'

type Answer = { status: number | undefined; body: { detail?: string; warnings?: unknown } }

/** A service with its sockets in `run`, which is not made. The folder is short: a socket's path has 107 bytes. */
async function open(t: Test, run = 'run') {
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const app = await openTestApp(t, { VPNUNIT_RUN: join(folder, run) })
  const path = agentSocketOf(app.unit.config)
  const listen = async () => {
    const listeners = await openAgentSocket(app.api, app.unit)
    t.teardown(() => Promise.all(listeners.map((listener) => listener.close())))
    return listeners
  }
  const ask = async (method: string, url: string, headers = {}): Promise<Answer> => {
    const asked = request({ socketPath: path, method, path: url, headers, agent: false }).end()
    const [response] = await once(asked, 'response')
    return { status: response.statusCode, body: (await json(response)) as Answer['body'] }
  }
  return { ...app, run: join(folder, run), path, listen, askHere: ask }
}

t.test('the folder is made, and the socket in it is for owner and group', async (t) => {
  const umask = process.umask()
  const { run, path, listen, unit } = await open(t)
  const [listener] = await listen()
  t.equal(statSync(run).mode & 0o777, 0o750)
  t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(process.umask(), umask, 'the umask is what it was')
  t.equal(unit.agentSocket.fault, undefined)
  await listener?.close()
  t.notOk(existsSync(path))
})

t.test('who comes in there is an agent, and no administrator, whatever else it says of itself', async (t) => {
  const { listen, askHere } = await open(t)
  await listen()
  t.match(await askHere('GET', '/health'), { status: 200 })
  for (const headers of [{}, { authorization: `Bearer ${TOKEN}` }, { authorization: 'Bearer wrong' }]) {
    for (const [method, url, need] of [
      ['GET', '/users', 'read'],
      ['DELETE', '/users/ada', 'admin'],
      ['GET', '/tokens', 'admin'],
      ['GET', '/gateway/gw.example.org/config', 'admin'],
    ] as const) {
      const detail = `This call needs the scope "${need}", and the caller has "agent".`
      t.match(await askHere(method, url, headers), { status: 403, body: { detail } }, `${method} ${url}`)
    }
  }
})

t.test('a socket that a crash left makes room, and a folder that is there stays as it is', async (t) => {
  const { run, path, listen, askHere } = await open(t)
  mkdirSync(run)
  chmodSync(run, 0o2770)
  writeFileSync(path, '')
  await listen()
  t.match(await askHere('GET', '/health'), { status: 200 })
  t.equal(statSync(run).mode & 0o7777, 0o2770)
})

t.test('what keeps it from being made is said by log and health, and nothing else is wrong', async (t) => {
  const cases: Record<string, [run: string, reason: RegExp, spoil: (run: string) => void]> = {
    'a file in the place of the folder': ['run', /is no folder/, (run) => writeFileSync(run, '')],
    'a folder in the place of the socket': [
      'run',
      /EISDIR|EPERM/,
      (run) => mkdirSync(join(run, 'agent.sock'), { recursive: true }),
    ],
  }
  for (const [name, [folder, reason, spoil]] of Object.entries(cases)) {
    const { run, listen, ask, logged } = await open(t, folder)
    spoil(run)
    t.strictSame(await listen(), [], name)
    t.match((await ask('GET', '/health')).body, { warnings: ['agent-socket-missing'] }, name)
    const { warnings } = (await ask('GET', '/status')).body as { warnings: { detail: string }[] }
    t.match(warnings[0]?.detail, reason, name)
    t.match(
      logged.find(({ level }) => level === 40),
      { msg: 'the agents’ socket could not be made' },
      name,
    )
  }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Secret } from '../../domain/secret.ts'
import * as commands from './commands.ts'
import type { ManagementEvent } from './events.ts'
import { openManagementSession } from './session.ts'
import type { SessionOptions } from './session-options.ts'

const GREETING = '>INFO:OpenVPN Management Interface Version 5\r\n'
type Test = { teardown: (handler: () => void) => unknown }

/** What says what it is told to say: for what the real program does not do on demand. */
async function listen(t: Test, greet: (socket: Socket) => void) {
  // The path of a socket has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'vpnunit-'))
  const path = join(folder, 's')
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    greet(socket)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return path
}

/** Answers each line it is sent. */
function answering(answer: (line: string, socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write(GREETING)
    socket.on('data', (chunk) => {
      for (const line of `${chunk}`.trimEnd().split('\n')) answer(line, socket)
    })
  }
}

async function open(path: string, more: Partial<SessionOptions> = {}) {
  const events: ManagementEvent[] = []
  const onEvent = (event: ManagementEvent) => events.push(event)
  const session = await openManagementSession({ path, greetingMs: 1000, onEvent, ...more })
  return { session, events }
}

t.test('messages come between the lines of an answer, in whatever pieces', async (t) => {
  const path = await listen(
    t,
    answering((_line, socket) => {
      for (const piece of [
        'a\r\n>LOG:1,I,x\r',
        '\nb\r\n>CLIENT:ESTABLISHED,1\r\n>CLIENT:ENV,END\r\nEN',
        'D\r\nstray\r\n',
      ]) {
        socket.write(piece)
      }
    }),
  )
  const { session, events } = await open(path)
  t.same(await session.send(commands.help()), ['a', 'b'])
  t.match(
    events.slice(0, 3).map(({ type }) => type),
    ['INFO', 'LOG', 'CLIENT:ESTABLISHED'],
  )
  await session.close()
  t.equal(await session.closed, undefined)
  await t.rejects(session.send(commands.pid()), { code: 'closed' })
})

t.test('who listens can send from the first message on', async (t) => {
  const path = await listen(
    t,
    answering((line, socket) => socket.write(line === 'pid' ? 'SUCCESS: pid=7\r\n' : '')),
  )
  const answers: Promise<number>[] = []
  await open(path, { onEvent: (_event, session) => void answers.push(session.send(commands.pid())) })
  t.same(await Promise.all(answers), [7])
})

t.test('a command without an answer ends the session, once', async (t) => {
  const { session } = await open(
    await listen(
      t,
      answering(() => undefined),
    ),
    { commandMs: 20 },
  )
  const [late, behind] = [session.send(commands.pid()), session.send(commands.verb())]
  await Promise.all([
    t.rejects(late, { code: 'timeout', verb: 'pid' }),
    t.rejects(behind, { code: 'closed', verb: 'verb' }),
  ])
  t.match(await session.closed, { code: 'timeout' })
})

t.test('the end of OpenVPN rejects what is not answered', async (t) => {
  const { session } = await open(
    await listen(
      t,
      answering((_line, socket) => socket.destroy()),
    ),
  )
  await t.rejects(session.send(commands.pid()), { code: 'closed', verb: 'pid' })
  t.match(await session.closed, { code: 'closed' })
})

t.test('no greeting, no socket and no patience are different errors', async (t) => {
  const silent = await listen(t, () => undefined)
  await t.rejects(open(silent, { greetingMs: 20 }), { code: 'busy' })
  await t.rejects(open(`${silent}.none`), { code: 'unreachable', cause: { code: 'ENOENT' } })
  const controller = new AbortController()
  const opening = open(silent, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await t.rejects(opening, { code: 'aborted', cause: { message: 'enough' } })
  await t.rejects(open(silent, { signal: AbortSignal.abort() }), { code: 'aborted' })
  await t.rejects(open(await listen(t, (socket) => socket.end())), { code: 'closed' })
  await t.rejects(open(silent, { password: new Secret('a\nb') }), { code: 'bad-command' })
})

t.test('an abort ends an open session', async (t) => {
  const controller = new AbortController()
  const { session } = await open(
    await listen(
      t,
      answering(() => undefined),
    ),
    { signal: controller.signal },
  )
  const asked = session.send(commands.pid())
  controller.abort()
  await t.rejects(asked, { code: 'closed' })
  t.match(await session.closed, { code: 'aborted' })
})

t.test('what is sent in one turn with depth goes out at once', async (t) => {
  const chunks: string[] = []
  const path = await listen(t, (socket) => {
    socket.write(GREETING)
    socket.on('data', (chunk) => {
      chunks.push(`${chunk}`)
      socket.write(`${chunk}`.replaceAll(/client-auth-nt \d+ 1\n/g, 'SUCCESS: x\r\n'))
    })
  })
  const { session } = await open(path, { depth: 10 })
  await Promise.all(Array.from({ length: 10 }, (_, cid) => session.send(commands.clientAuthNt({ cid, kid: 1 }))))
  t.equal(chunks.length, 1)
  t.equal(session.pending, 0)
})

t.test('a TCP port is as good as a path', async (t) => {
  const server = createServer(answering((_line, socket) => socket.write('SUCCESS: pid=7\r\n')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const session = await openManagementSession({ host: '127.0.0.1', port, greetingMs: 1000, onEvent: () => undefined })
  t.equal(await session.send(commands.pid()), 7)
  await session.close()
  server.close()
})

import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '../../testing/short-folder.ts'
import { RawClient } from '../testing/raw-client.ts'
import { type Instance, SharedClient } from './shared-client.ts'

/** A client at an instance that answers every question with it. */
async function make(t: Test, more: Partial<Instance> = {}) {
  const path = join(shortFolder(t), 's')
  const server = createServer({ allowHalfOpen: true })
  server.listen(path)
  const asked: string[] = []
  const instance: Instance = {
    policy: { isKillAllowed: false },
    greeting: Buffer.from('>INFO:hello\r\n'),
    ask: ({ line }, take) => {
      asked.push(line)
      setImmediate(() => take(Buffer.from(`SUCCESS: ${line}\r\n`), false))
    },
    unwanted: () => undefined,
    noteKill: () => undefined,
    ...more,
  }
  const raw = new RawClient(path)
  const [socket] = await once(server, 'connection')
  const client = new SharedClient(instance, socket)
  const serving = client.serve()
  t.teardown(() => {
    raw.socket.destroy()
    server.close()
  })
  await raw.waitFor(/>INFO:hello\r\n/)
  return { raw, client, asked, serving }
}

t.test('commands are carried out one after the other, and the last before the end', async (t) => {
  const { raw, serving } = await make(t)
  raw.socket.end('pid\r\nblah\nverb 4\n\n"x\nload-stats\n')
  await serving
  await raw.waitFor(/load-stats/)
  t.same(raw.output.trimEnd().split('\r\n').slice(1), [
    'SUCCESS: pid',
    "ERROR: unknown command, enter 'help' for more options",
    "ERROR: command 'verb' is not offered on a shared socket",
    'ERROR: Options error: No closing quotation (") in TCP:0',
    'SUCCESS: load-stats',
  ])
})

t.test('the lines of a block that is refused are no commands', async (t) => {
  const { raw, asked } = await make(t)
  raw.send('client-auth 0 1\npush "x"\nstatus\nEND')
  await raw.ask('pid')
  await raw.waitFor(/SUCCESS/)
  t.same(asked, ['pid'])
  t.match(
    raw.output,
    /^>INFO:hello\r\nERROR: command 'client-auth' is not offered on a shared socket\r\nSUCCESS: pid\r\n$/,
  )
})

t.test('a line without end is no line', async (t) => {
  const { raw } = await make(t)
  raw.send('x'.repeat(100_000))
  await raw.waitFor(/ERROR: the command is too long\r\n/)
  t.match(await raw.ask('pid'), 'SUCCESS: pid')
})

t.test('quit ends it, and what it wanted with it', async (t) => {
  const { raw, client, serving } = await make(t)
  await raw.ask('log on')
  t.ok(client.wants('log'))
  raw.send('quit\npid')
  await serving
  t.notOk(client.wants('log'))
  t.notMatch(raw.output, 'pid')
})

t.test('what was refused is not followed', async (t) => {
  const refuse: Instance['ask'] = (_asked, take) => take(Buffer.from('ERROR: no\r\n'), true)
  const { raw, client } = await make(t, { ask: refuse })
  await raw.ask('log on')
  t.notOk(client.wants('log'))
  client.hear({ topic: 'log', bytes: Buffer.from('>LOG:x\r\n'), cid: undefined }, performance.now())
  await raw.ask('pid')
  t.notMatch(raw.output, 'LOG')
})

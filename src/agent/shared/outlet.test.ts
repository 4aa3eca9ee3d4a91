import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '../../testing/short-folder.ts'
import { MAX_UNREAD_BYTES, Outlet } from './outlet.ts'

/** Two ends of a connection: ours, and that of a client which reads nothing before it is told to. */
async function pair(t: Test): Promise<[Socket, Socket]> {
  const path = join(shortFolder(t), 's')
  const server = createServer({ allowHalfOpen: true })
  server.listen(path)
  const client = connect(path).on('error', () => undefined)
  const [ours] = await once(server, 'connection')
  ours.on('error', () => undefined)
  client.pause()
  t.teardown(() => {
    client.destroy()
    ours.destroy()
    server.close()
  })
  return [ours, client]
}

const MIB = Buffer.alloc(2 ** 20)

t.test('a client that does not read what it is told is let go', async (t) => {
  const [ours] = await pair(t)
  const outlet = new Outlet(ours)
  for (let count = 0; count < 1000 && !ours.destroyed; count += 1) outlet.message(Buffer.alloc(10_000))
  t.ok(ours.destroyed)
  t.ok(ours.writableLength <= MAX_UNREAD_BYTES)
  outlet.message(MIB)
  outlet.answer(MIB)
  await outlet.drained()
})

t.test('an answer may be larger than that, and is waited for', async (t) => {
  const [ours, client] = await pair(t)
  const outlet = new Outlet(ours)
  await outlet.drained()
  outlet.answer(Buffer.alloc(3 * 2 ** 20))
  outlet.message(Buffer.from('x'))
  t.notOk(ours.destroyed)
  let isDrained = false
  const draining = outlet.drained().then(() => (isDrained = true))
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.notOk(isDrained)
  let bytes = 0
  client.on('data', (chunk) => (bytes += chunk.length)).resume()
  await draining
  outlet.end()
  await once(client, 'end')
  t.equal(bytes, 3 * 2 ** 20 + 1)
})

t.test('but not for ever', async (t) => {
  const [ours] = await pair(t)
  const outlet = new Outlet(ours, 50)
  outlet.answer(Buffer.alloc(3 * 2 ** 20))
  await outlet.drained()
  t.ok(ours.destroyed)
  const [theirs] = await pair(t)
  const other = new Outlet(theirs, 50)
  other.answer(Buffer.alloc(3 * 2 ** 20))
  other.end()
  await once(theirs, 'close')
  t.ok(theirs.destroyed)
})

import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shortFolder } from '../testing/short-folder.ts'
import { openDutyConnection } from './duty-connection.ts'

/** A connection to one who says nothing but what the test has it say. */
async function connectToSilence(t: Test, patienceMs = 60_000) {
  const path = join(shortFolder(t), 'a.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const closed = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const connection = openDutyConnection(path, { patienceMs, onOpen: opened.resolve, onClose: closed.resolve })
  const [peer] = await once(server, 'connection')
  await opened.promise
  t.teardown(() => {
    connection.close()
    peer.destroy()
    server.close()
  })
  return { connection, peer, closed: closed.promise }
}

t.test('answers find their questions, in any order and in pieces', async (t) => {
  const { connection, peer } = await connectToSilence(t)
  const [first, second] = [connection.ask({ duty: 'report' }), connection.ask({ duty: 'report' })]
  peer.write('{"id":2,"fault":"b"}\n{"id":1,')
  t.same(await second, { id: 2, fault: 'b' })
  peer.write('"fault":"a"}\n')
  t.same(await first, { id: 1, fault: 'a' })
})

t.test('one that does not answer is left', async (t) => {
  const { connection, closed } = await connectToSilence(t, 20)
  t.equal(await connection.ask({ duty: 'report' }), undefined)
  await closed
  t.equal(await connection.ask({ duty: 'report' }), undefined)
})

t.test('where nobody listens it ends without having opened', async (t) => {
  const path = join(t.testdir({}), 'none.sock')
  await new Promise<void>((resolve) => {
    openDutyConnection(path, { patienceMs: 1, onOpen: () => t.fail('it opened'), onClose: resolve })
  })
})

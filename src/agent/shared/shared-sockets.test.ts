import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { shortFolder } from '../../testing/short-folder.ts'
import { openSharedSockets } from './shared-sockets.ts'

t.test('each instance has its socket, and its listener by the path of OpenVPN’s', async (t) => {
  const run = shortFolder(t)
  const say = () => undefined
  const log = { debug: say, info: say, warn: say, error: say }
  const sockets = openSharedSockets({ run, instances: [0, 7], isKillAllowed: false, log })
  t.ok(sockets.listenerOf(join(run, 'management-7.sock')))
  t.equal(sockets.listenerOf(join(run, 'management-1.sock')), undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const there = () => [0, 7].map((number) => existsSync(join(run, `shared-${number}.sock`)))
  t.same(there(), [true, true])
  await sockets.stop()
  t.same(there(), [false, false])
})

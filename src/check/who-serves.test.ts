import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t from 'tap'
import { layoutOf } from '../publish/layout.ts'
import { shortFolder } from './testing/installation.ts'
import { askForServer, describeServer } from './who-serves.ts'

t.test('a server is there when somebody listens on the socket, and not when only its socket is', async (t) => {
  const layout = layoutOf(shortFolder(t))
  const { socket } = layout
  t.equal(await askForServer(layout), false, 'no socket')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  t.equal(await askForServer(layout), true)
  await new Promise((resolve) => server.close(resolve))
  writeFileSync(socket, '')
  t.equal(await askForServer(layout), false, 'what a crash left')
})

t.test('a path that no socket can have has no server', async (t) => {
  t.equal(await askForServer(layoutOf(`/${'x'.repeat(200)}`)), false)
})

t.test('who it is is told as far as it said', async (t) => {
  const layout = layoutOf(t.testdir({}))
  t.match(describeServer(layout, false), { level: 'ok', detail: `no server holds ${layout.data}` })
  t.match(describeServer(layout, true), { detail: `a server holds ${layout.data}: it does not say who` })
  writeFileSync(`${layout.lock}.holder`, 'process 7 on there\n')
  t.match(describeServer(layout, true), { detail: /: process 7 on there$/ })
})

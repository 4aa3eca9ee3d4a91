import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { takeLock } from './lock.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

t.test('the second taker is refused, and told who holds the lock', async (t) => {
  const path = join(t.testdir({}), 'serve.lock')
  const lock = takeLock(path, NOW)
  t.teardown(lock.release)
  const holder = `process ${process.pid} on ${hostname()}, since 2026-03-01T12:00:00.000Z`
  const message = `another vpnunit serves this data directory: ${holder}`
  t.throws(() => takeLock(path, new Date()), { message })
  t.throws(() => takeLock(path, new Date()), { message }, 'to be refused changes nothing')
})

t.test('a lock that was released can be taken', async (t) => {
  const path = join(t.testdir({}), 'serve.lock')
  takeLock(path, NOW).release()
  const lock = takeLock(path, NOW)
  t.throws(() => takeLock(path, NOW), { message: 'another vpnunit' })
  lock.release()
})

t.test('a holder that does not say who it is holds all the same', async (t) => {
  const path = join(t.testdir({}), 'serve.lock')
  const lock = takeLock(path, NOW)
  t.teardown(lock.release)
  rmSync(`${path}.holder`)
  t.throws(() => takeLock(path, NOW), { message: 'it does not say who' })
})

t.test('folders have a lock each', async (t) => {
  const folder = t.testdir({ a: {}, b: {} })
  const locks = ['a', 'b'].map((name) => takeLock(join(folder, name, 'serve.lock'), NOW))
  for (const lock of locks) lock.release()
})

t.test('a lock is kept for as long as the process lives, though nobody kept what was returned', async (t) => {
  const path = join(t.testdir({}), 'serve.lock')
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc')
  takeLock(path, NOW)
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.throws(() => takeLock(path, NOW), { message: 'another vpnunit' })
})

t.test('a lock that can’t be made says why, and not that somebody has it', async (t) => {
  t.throws(() => takeLock(join(t.testdir({}), 'none/serve.lock'), NOW), { message: /^(?!another)/ })
})

t.test('the lock of a process that was killed is free at once', async (t) => {
  const path = join(t.testdir({}), 'serve.lock')
  const program = `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}
    const lock = takeLock(${JSON.stringify(path)}, new Date())
    process.stdout.write('taken')
    setInterval(() => lock, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  t.throws(() => takeLock(path, NOW), { message: `process ${child.pid} on` })
  child.kill('SIGKILL')
  await once(child, 'exit')
  takeLock(path, NOW).release()
})

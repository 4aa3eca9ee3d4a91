import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { until } from '../lab/until.ts'
import { addUser } from './asking.ts'
import { launch, refusedStart, STACK, startService } from './start.ts'

t.test('a second server on the same data directory says who holds it, and the first goes on', async (t) => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  const first = await startService(t, data)
  symlinkSync(data, join(folder, 'another-way'))
  for (const path of [data, join(folder, 'another-way')]) {
    const { code, words } = await refusedStart(t, path)
    t.equal(code, 1)
    t.match(words, new RegExp(`process ${first.process.pid}\\b`))
    t.notMatch(words, STACK)
  }
  t.equal(first.process.ending, undefined)
  await addUser(first, 'ada')
})

t.test('after kill -9 a new server starts at once, though lock and socket are still there', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const first = await startService(t, data)
  await addUser(first, 'ada')
  await first.kill9()
  t.ok(existsSync(join(data, 'serve.lock')))
  t.ok(existsSync(join(data, 'vpnunit.sock')))
  const second = await startService(t, data)
  t.match((await second.request('GET', '/users')).body, [{ name: 'ada' }])
  const { words } = await refusedStart(t, data)
  t.match(words, new RegExp(`process ${second.process.pid}\\b`), 'the new one holds the lock')
})

t.test('of several servers that start together on an empty folder, exactly one serves', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const all = [1, 2, 3].map(() => launch(t, data))
  await until('all but one have ended', 30_000, () => all.filter(({ ending }) => ending !== undefined).length >= 2)
  const [winner, ...others] = all.filter(({ ending }) => ending === undefined)
  t.equal(others.length, 0)
  await winner?.waitFor(/"serving"/, 30_000)
  t.ok(winner, 'somebody serves', { words: all.map(({ output }) => output) })
  for (const loser of all.filter((one) => one !== winner)) {
    t.equal(loser.ending, 1)
    t.match(loser.output, /another vpnunit serves this data directory/)
    t.notMatch(loser.output, STACK)
  }
})

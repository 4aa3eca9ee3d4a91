import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { withDatabaseCopy } from './database-copy.ts'
import { treeOf } from './testing/installation.ts'

/** A database that somebody has open: its last changes are in the log alone. */
function openWritten(path: string) {
  const connection = new BetterSqlite3(path)
  connection.pragma('journal_mode = WAL')
  connection.exec('create table pair (name text primary key, n integer) strict')
  connection.exec("insert into pair values ('a', 7), ('b', 7)")
  return connection
}

function readPair(copy: string): number[] {
  const connection = new BetterSqlite3(copy)
  try {
    return (connection.prepare('select n from pair order by name').all() as { n: number }[]).map(({ n }) => n)
  } finally {
    connection.close()
  }
}

t.test('the copy has what is in the log, and is gone afterwards', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  const connection = openWritten(path)
  t.teardown(() => connection.close())
  let seen = ''
  const remember = (copy: string) => {
    seen = copy
    return readPair(copy)
  }
  t.same(withDatabaseCopy(path, remember), [7, 7])
  t.not(dirname(seen), dirname(path))
  t.notOk(existsSync(dirname(seen)))
  t.throws(
    () =>
      withDatabaseCopy(path, (copy) => {
        seen = copy
        throw new Error('mine')
      }),
    { message: 'mine' },
  )
  t.notOk(existsSync(dirname(seen)), 'also when who used it failed')
})

t.test(
  'the folder is as it was, whoever has the database open: nobody, somebody, or somebody who was killed',
  async (t) => {
    const folder = t.testdir({})
    const path = join(folder, 'database.sqlite3')
    const connection = openWritten(path)
    const served = treeOf(folder)
    t.same(withDatabaseCopy(path, readPair), [7, 7])
    t.same(treeOf(folder), served)
    const killed = join(folder, 'killed')
    mkdirSync(killed)
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(killed, `database.sqlite3${suffix}`))
    connection.close()
    const before = treeOf(folder)
    t.same(withDatabaseCopy(path, readPair), [7, 7])
    t.same(withDatabaseCopy(join(killed, 'database.sqlite3'), readPair), [7, 7])
    t.same(treeOf(folder), before)
  },
)

t.test('each copy is of one moment, however much is written meanwhile', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  openWritten(path).close()
  // Both numbers grow together, with enough beside them that the log is moved into the file again and again.
  const program = `
    const { workerData, parentPort } = require('node:worker_threads')
    const connection = new (require('better-sqlite3'))(workerData)
    connection.pragma('wal_autocheckpoint = 200')
    connection.exec('create table fill (n integer primary key, text text) strict')
    const fill = connection.prepare('insert or replace into fill values (?, hex(randomblob(1000)))')
    const raise = connection.prepare('update pair set n = n + 1 where name = ?')
    let isOver = false
    parentPort.on('message', () => { isOver = true })
    let turn = 0
    const write = connection.transaction(() => {
      raise.run('a')
      for (let n = 0; n < 5; n++) fill.run((turn++ * 7919) % 100)
      raise.run('b')
    })
    const go = () => { for (let n = 0; n < 20; n++) write(); isOver ? process.exit() : setImmediate(go) }
    go()
    parentPort.postMessage('writing')`
  const worker = new Worker(program, { eval: true, workerData: path })
  await new Promise((resolve) => worker.once('message', resolve))
  const seen = new Set<number>()
  let copies = 0
  while (seen.size < 5 && copies++ < 100) {
    try {
      const [a = 0, b = 1] = withDatabaseCopy(path, (copy) => {
        const connection = new BetterSqlite3(copy)
        const [{ quick_check: fault = '' } = {}] = connection.pragma('quick_check') as { quick_check?: string }[]
        connection.close()
        t.equal(fault, 'ok')
        return readPair(copy)
      })
      t.equal(a, b)
      seen.add(a)
    } catch (error) {
      t.match(error, { name: 'NoCopy', message: /changed during each of 10 copies/ })
    }
  }
  worker.postMessage('enough')
  await new Promise((resolve) => worker.once('exit', resolve))
  t.ok(seen.size > 0, `${seen.size} moments in ${copies} copies`)
})

t.test('a database that can’t be copied is said to be so', async (t) => {
  const folder = t.testdir({ folder: {} })
  t.throws(() => withDatabaseCopy(join(folder, 'none'), readPair), {
    name: 'NoCopy',
    message: /none can't be copied.*ENOENT/,
  })
  t.throws(() => withDatabaseCopy(join(folder, 'folder'), readPair), { name: 'NoCopy' })
})

t.test('no copy is made inside the data directory', async (t) => {
  const data = dirname(tmpdir())
  t.throws(() => withDatabaseCopy(join(data, 'database.sqlite3'), readPair), {
    message: `${tmpdir()} is in the data directory`,
  })
})

t.test('where there is no place for a copy, that is said', async (t) => {
  const folder = t.testdir({ 'database.sqlite3': '' })
  const before = process.env.TMPDIR
  process.env.TMPDIR = '/nowhere'
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  const none = { name: 'NoCopy', message: /^there is no place for a copy of the database: ENOENT/ }
  t.throws(() => withDatabaseCopy(join(folder, 'database.sqlite3'), readPair), none)
})

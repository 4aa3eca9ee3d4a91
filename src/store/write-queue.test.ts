import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Connection, openDatabase } from './database.ts'
import { createWriteQueue } from './write-queue.ts'

/** A database on disk with a table of notes, and its queue. */
function open(t: Test) {
  const path = join(t.testdir({}), 'database.sqlite3')
  const { connection } = openDatabase(path)
  t.teardown(() => connection.close())
  connection.exec('create table notes (id integer primary key, text text not null unique)')
  connection.pragma('wal_checkpoint(truncate)')
  const insert = connection.prepare('insert into notes (text) values (?)')
  const note = (text: string) => Number(insert.run(text).lastInsertRowid)
  const notes = () => connection.prepare('select text from notes order by id').pluck().all()
  return { path, connection, note, notes, queue: createWriteQueue(connection) }
}

/** How many commits stand in the write-ahead log: a frame that ends one carries the size of the database. */
function commits(path: string): number {
  const log = readFileSync(`${path}-wal`)
  if (log.length === 0) return 0
  const pageSize = log.readUInt32BE(8)
  let count = 0
  for (let at = 32; at < log.length; at += 24 + pageSize) if (log.readUInt32BE(at + 4) !== 0) count++
  return count
}

t.test('what a job returns arrives when its change is committed', async (t) => {
  const { path, queue, note, notes } = open(t)
  t.equal(await queue.write(() => note('a')), 1)
  t.same(notes(), ['a'])
  t.equal(commits(path), 1)
})

t.test('nothing runs before the caller has gone on', async (t) => {
  const { queue, note, notes } = open(t)
  const written = queue.write(() => note('a'))
  t.same(notes(), [])
  await written
})

t.test('eight jobs that arrive together share one commit, the ninth is of the next', async (t) => {
  const { path, queue, note, notes } = open(t)
  const texts = Array.from({ length: 9 }, (_, n) => `note ${n}`)
  const ids = await Promise.all(texts.map((text) => queue.write(() => note(text))))
  t.equal(commits(path), 2)
  t.same(
    ids,
    texts.map((_, n) => n + 1),
    'each got its own answer',
  )
  t.same(notes(), texts, 'in the order in which they came')
})

t.test('jobs that come one after another have a commit each', async (t) => {
  const { path, queue, note } = open(t)
  for (const text of ['a', 'b', 'c']) await queue.write(() => note(text))
  t.equal(commits(path), 3)
})

t.test('no job of a batch is answered before the commit, nor seen by others', async (t) => {
  const { path, queue, note } = open(t)
  const other = openDatabase(path).connection
  t.teardown(() => other.close())
  const count = other.prepare('select count(*) from notes').pluck()
  const seen: unknown[] = []
  const first = queue.write(() => note('a')).then(() => seen.push('answer'))
  const second = queue.write(() => seen.push(count.get()))
  await Promise.all([first, second])
  t.same(seen, [0, 'answer'])
  t.equal(count.get(), 1)
})

t.test('a job that throws takes back what it did, and nothing of the others', async (t) => {
  const { queue, note, notes } = open(t)
  const refusal = new Error('no')
  const outcomes = await Promise.allSettled([
    queue.write(() => note('a')),
    queue.write(() => {
      note('half done')
      throw refusal
    }),
    queue.write(() => note('b')),
    queue.write(() => note('a')),
  ])
  t.match(outcomes, [
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: refusal },
    { status: 'fulfilled', value: 2 },
    { status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_UNIQUE' } },
  ])
  t.same(notes(), ['a', 'b'])
  t.equal(queue.fault(), undefined, 'a refusal is no fault of the storage')
})

t.test('a job that waits for something is refused and undone: a transaction can’t', async (t) => {
  const { queue, note, notes } = open(t)
  await t.rejects(
    queue.write(async () => note('a')),
    { message: 'promise' },
  )
  t.same(notes(), [])
})

t.test('a job may be written from within another’s answer', async (t) => {
  const { queue, note, notes } = open(t)
  await queue.write(() => note('a')).then(() => queue.write(() => note('b')))
  t.same(notes(), ['a', 'b'])
})

/** Leaves the database room for so many pages more, as a disk that is nearly full does. */
function leaveRoom(connection: Connection, pages: number): void {
  const used = Number(connection.pragma('page_count', { simple: true }))
  connection.pragma(`max_page_count = ${used + pages}`)
}

const LONG = 'x'.repeat(100_000)

t.test('a full disk rejects the whole batch, and nothing of it stays', async (t) => {
  const { connection, queue, note, notes } = open(t)
  leaveRoom(connection, 2)
  const outcomes = await Promise.allSettled([
    queue.write(() => note('a')),
    queue.write(() => note(LONG)),
    queue.write(() => note('b')),
  ])
  for (const outcome of outcomes) {
    t.match(outcome, {
      status: 'rejected',
      reason: { name: 'Problem', code: 'storage-failed', cause: { code: 'SQLITE_FULL' } },
    })
  }
  t.same(notes(), [])
  t.equal(connection.inTransaction, false)
  t.match(queue.fault(), 'full')
})

t.test('when there is room again, writing works again and the fault is gone', async (t) => {
  const { connection, queue, note, notes } = open(t)
  leaveRoom(connection, 2)
  await t.rejects(
    queue.write(() => note(LONG)),
    { code: 'storage-failed' },
  )
  leaveRoom(connection, 1000)
  await queue.write(() => note('a'))
  t.equal(queue.fault(), undefined)
  t.same(notes(), ['a'])
})

t.test('a job that writes nothing does not prove that the storage works again', async (t) => {
  const { connection, queue, note } = open(t)
  leaveRoom(connection, 2)
  await t.rejects(
    queue.write(() => note(LONG)),
    { code: 'storage-failed' },
  )
  t.equal(await queue.write(() => 'nothing to do'), 'nothing to do')
  t.match(queue.fault(), 'full')
})

t.test('nor does one that takes back what it wrote', async (t) => {
  const { connection, queue, note } = open(t)
  leaveRoom(connection, 2)
  await t.rejects(
    queue.write(() => note(LONG)),
    { code: 'storage-failed' },
  )
  const refused = queue.write(() => {
    note('short')
    throw new Error('no')
  })
  await t.rejects(refused, { message: 'no' })
  t.match(queue.fault(), 'full')
})

t.test('a database that may not be written rejects with the reason', async (t) => {
  const { connection, queue, note } = open(t)
  connection.pragma('query_only = on')
  await t.rejects(
    queue.write(() => note('a')),
    { code: 'storage-failed', message: 'readonly' },
  )
  connection.pragma('query_only = off')
  t.equal(await queue.write(() => note('a')), 1)
})

t.test('a lock that somebody else keeps rejects in the end, and the next write works', async (t) => {
  const { path, connection, queue, note } = open(t)
  connection.pragma('busy_timeout = 20')
  const other = openDatabase(path).connection
  t.teardown(() => other.close())
  other.exec('begin immediate')
  await t.rejects(
    queue.write(() => note('a')),
    { code: 'storage-failed', message: 'locked' },
  )
  other.exec('rollback')
  t.equal(await queue.write(() => note('a')), 1)
})

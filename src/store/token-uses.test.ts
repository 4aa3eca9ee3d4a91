import t from 'tap'
import { parseTokenName } from '../domain/names.ts'
import { digestOfToken } from '../domain/token-text.ts'
import { openStore } from './store.ts'
import { createTokenUses } from './token-uses.ts'

const [ONE, TWO] = [parseTokenName('one'), parseTokenName('two')]
const [noon, later] = [new Date('2026-03-01T12:00:00Z'), new Date('2026-03-01T12:00:30Z')]

/** Two tokens, and a queue whose writes are counted. */
function open() {
  const store = openStore(':memory:')
  for (const name of [ONE, TWO]) {
    store.tokens.insert({ name, scope: 'read', digest: digestOfToken(name), createdAt: noon, expiresAt: null })
  }
  const count = { writes: 0 }
  const write: typeof store.write = (job) => {
    count.writes++
    return store.write(job)
  }
  return { store, count, uses: createTokenUses({ ...store, write }, store.tokens) }
}

t.test('a use is known at once and written with the others', async (t) => {
  const { store, uses, count } = open()
  uses.note(ONE, noon)
  uses.note(ONE, later)
  uses.note(TWO, noon)
  t.same([uses.latest(ONE), uses.latest(TWO)], [later, noon])
  t.equal(store.tokens.find(ONE)?.lastUsedAt, null, 'no call waits for it')
  await uses.flush()
  t.same([store.tokens.find(ONE)?.lastUsedAt, store.tokens.find(TWO)?.lastUsedAt], [later, noon])
  t.same([uses.latest(ONE), uses.latest(TWO)], [undefined, undefined])
  t.equal(count.writes, 1)
})

t.test('nothing new is not written', async (t) => {
  const { uses, count } = open()
  await uses.flush()
  uses.note(ONE, noon)
  await uses.flush()
  await uses.flush()
  t.equal(count.writes, 1)
})

t.test('a use during the write is for the next one', async (t) => {
  const { store, uses } = open()
  uses.note(ONE, noon)
  const first = uses.flush()
  await store.write(() => uses.note(ONE, later))
  await first
  t.same(uses.latest(ONE), later)
  await uses.flush()
  t.same(store.tokens.find(ONE)?.lastUsedAt, later)
})

t.test('what can’t be written is written the next time', async (t) => {
  const { store, uses } = open()
  const { setLastUsed } = store.tokens
  uses.note(ONE, noon)
  store.tokens.setLastUsed = () => {
    throw new Error('the disk is full')
  }
  await t.rejects(uses.flush(), { message: 'the disk is full' })
  store.tokens.setLastUsed = setLastUsed
  t.same(uses.latest(ONE), noon)
  await uses.flush()
  t.same(store.tokens.find(ONE)?.lastUsedAt, noon)
})

t.test('a token does not get the uses of the one that had its name', async (t) => {
  const { store, uses } = open()
  uses.note(ONE, noon)
  const removal = store.write(() => {
    store.tokens.remove(ONE)
    uses.forget(ONE)
  })
  const flushed = uses.flush()
  await Promise.all([removal, flushed])
  store.tokens.insert({ name: ONE, scope: 'admin', digest: digestOfToken('new'), createdAt: later, expiresAt: null })
  await uses.flush()
  t.equal(store.tokens.find(ONE)?.lastUsedAt, null)
})

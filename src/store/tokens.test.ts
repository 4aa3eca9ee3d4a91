import t from 'tap'
import { parseTokenName } from '../domain/names.ts'
import { digestOfToken } from '../domain/token-text.ts'
import { openStore } from './store.ts'

const createdAt = new Date('2026-03-01T12:00:00.900Z')
const whole = new Date('2026-03-01T12:00:00Z')
const expiresAt = new Date('2027-01-01T00:00:00Z')

/** A store with tokens of these names, each with its name as text. */
function storeWith(...names: string[]) {
  const store = openStore(':memory:')
  for (const name of names) {
    const digest = digestOfToken(name)
    store.tokens.insert({ name: parseTokenName(name), scope: 'read', digest, createdAt, expiresAt: null })
  }
  return store
}

t.test('a token is found by its name, without its digest', async (t) => {
  const { tokens } = storeWith('one')
  const name = parseTokenName('two')
  tokens.insert({ name, scope: 'agent:vpn1', digest: digestOfToken('x'), createdAt, expiresAt })
  t.same(tokens.find(name), { name, scope: 'agent:vpn1', createdAt: whole, expiresAt, lastUsedAt: null })
  t.same(tokens.find(parseTokenName('one')), {
    name: 'one',
    scope: 'read',
    createdAt: whole,
    expiresAt: null,
    lastUsedAt: null,
  })
  t.equal(tokens.find(parseTokenName('three')), undefined)
})

t.test('a token is found by its digest, through the index', async (t) => {
  const { tokens } = storeWith('one', 'two')
  const digest = digestOfToken('two')
  t.same(tokens.findByDigest(digest), { name: 'two', scope: 'read', digest, expiresAt: null })
  t.equal(tokens.findByDigest(digestOfToken('three')), undefined)
  t.equal(tokens.findByDigest(digest.subarray(0, 31)), undefined)
})

t.test('tokens are listed in the order of their names, page by page', async (t) => {
  const { tokens } = storeWith('c', 'a', 'b')
  const names = (after: string, limit: number) => tokens.list(after, limit).map(({ name }) => name)
  t.same(names('', -1), ['a', 'b', 'c'])
  t.same(names('', 2), ['a', 'b'])
  t.same(names('b', 2), ['c'])
})

t.test('a last use is kept to the second, and of no other token', async (t) => {
  const { tokens } = storeWith('a', 'b')
  tokens.setLastUsed(parseTokenName('a'), createdAt)
  t.same(
    tokens.list('', -1).map(({ lastUsedAt }) => lastUsedAt),
    [whole, null],
  )
})

t.test('a token that was removed is found no more', async (t) => {
  const { tokens } = storeWith('a', 'b')
  tokens.remove(parseTokenName('a'))
  t.equal(tokens.find(parseTokenName('a')), undefined)
  t.equal(tokens.findByDigest(digestOfToken('a')), undefined)
  t.ok(tokens.find(parseTokenName('b')))
})

t.test('two tokens have neither name nor text in common', async (t) => {
  const { tokens } = storeWith('a')
  const token = { scope: 'read', createdAt, expiresAt: null } as const
  const other = { name: parseTokenName('b'), digest: digestOfToken('b') }
  t.throws(() => tokens.insert({ ...token, ...other, name: parseTokenName('a') }), /UNIQUE|Failed/)
  t.throws(() => tokens.insert({ ...token, ...other, digest: digestOfToken('a') }), /UNIQUE|Failed/)
  t.equal(tokens.list('', -1).length, 1)
})

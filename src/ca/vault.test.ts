import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { openVault } from './vault.ts'

const KEY = randomBytes(32)
const SECRET = Buffer.from('a private key')
const CONTEXT = 'key of 0123'
const vault = openVault(KEY)
const unreadable = { name: 'Problem', code: 'key-unreadable' }

t.test('what is sealed opens again, after a restart too', async (t) => {
  t.same(vault.open(vault.seal(SECRET, CONTEXT), CONTEXT), SECRET)
  t.same(openVault(Buffer.from(KEY)).open(vault.seal(SECRET, CONTEXT), CONTEXT), SECRET)
  t.same(vault.open(vault.seal(Buffer.alloc(0), ''), ''), Buffer.alloc(0))
})

t.test('the same secret is sealed differently each time, and shows nothing of itself', async (t) => {
  const one = vault.seal(SECRET, CONTEXT)
  t.notSame(one, vault.seal(SECRET, CONTEXT))
  t.equal(one.length, 1 + 12 + SECRET.length + 16)
  t.equal(one[0], 1)
  t.equal(one.includes(SECRET), false)
})

t.test('a secret opens at its own place and with its own key only', async (t) => {
  const sealed = vault.seal(SECRET, CONTEXT)
  t.throws(() => vault.open(sealed, 'key of 0124'), unreadable)
  t.throws(() => vault.open(sealed, ''), unreadable)
  t.throws(() => openVault(randomBytes(32)).open(sealed, CONTEXT), {
    ...unreadable,
    message: /sealed with another storage key or for another place, or it is damaged/,
  })
})

t.test('no altered or cut-off secret opens', async (t) => {
  const sealed = vault.seal(SECRET, CONTEXT)
  for (let at = 0; at < sealed.length; at++) {
    const altered = Buffer.from(sealed)
    altered[at] = (altered[at] as number) ^ 1
    t.throws(() => vault.open(altered, CONTEXT), unreadable, `octet ${at}`)
    t.throws(() => vault.open(sealed.subarray(0, at), CONTEXT), unreadable, `${at} octets`)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      try {
        vault.open(Buffer.from([1, ...octets]), CONTEXT)
        return false
      } catch (error) {
        return error instanceof Problem
      }
    }),
  )
})

t.test('a key of another length is refused, and the caller may clear what it gave', async (t) => {
  t.throws(() => openVault(randomBytes(31)), { message: 'the storage key must have 32 octets; it has 31' })
  t.throws(() => openVault(Buffer.alloc(0)), Error)
  const given = Buffer.from(KEY)
  const own = openVault(given)
  given.fill(0)
  t.same(own.open(vault.seal(SECRET, CONTEXT), CONTEXT), SECRET)
})

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Authority } from '../ca/authority.ts'
import { newAuthority } from '../ca/testing/authority.ts'
import { openCrlFile } from './crl-file.ts'

const NOW = new Date('2030-06-01T12:00:00.900Z')
const SERIAL = '0123456789abcdef0123456789abcdef'
const REVOKED = [{ serial: SERIAL, revokedAt: NOW, reason: 'superseded' }] as const

async function openFile(t: Test, authority?: Authority) {
  const path = join(t.testdir({}), 'crl.pem')
  const own = authority ?? (await newAuthority())
  return { path, own, file: openCrlFile({ path, authority: own, crlDays: 30, now: () => NOW }) }
}

t.test('a list that is put in place says who is revoked, from five minutes ago on', async (t) => {
  const { path, file } = await openFile(t)
  await file.replace(7, REVOKED)
  const list = {
    number: 7,
    thisUpdate: new Date('2030-06-01T11:55:00Z'),
    nextUpdate: new Date('2030-07-01T11:55:00Z'),
    serials: [SERIAL],
  }
  t.same(file.current(), list)
  t.same(file.read(), list)
  t.match(readFileSync(path, 'utf8'), /^-----BEGIN X509 CRL-----\n/)
  t.equal(statSync(path).mode & 0o777, 0o644)
})

t.test('a list without entries is a list', async (t) => {
  const { file } = await openFile(t)
  await file.replace(1, [])
  t.match(file.read(), { number: 1, serials: [] })
})

t.test('where there is no file there is no list', async (t) => {
  const { file } = await openFile(t)
  t.equal(file.read(), undefined)
  t.equal(file.current(), undefined)
})

const GARBAGE: Record<string, (good: Buffer) => string | Buffer> = {
  'an empty file': () => '',
  garbage: () => 'garbage\n',
  'half a list': (good) => good.subarray(0, good.length / 2),
  'a list with one bit turned': (good) => {
    const text = good.toString()
    const at = text.indexOf('\n') + 40
    return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
  },
  'a certificate': (good) => good.toString().replaceAll('X509 CRL', 'CERTIFICATE'),
}

for (const [what, make] of Object.entries(GARBAGE)) {
  t.test(`${what} counts as none`, async (t) => {
    const { path, file } = await openFile(t)
    await file.replace(1, REVOKED)
    writeFileSync(path, make(readFileSync(path)))
    t.equal(file.read(), undefined)
    t.equal(file.current(), undefined)
  })
}

t.test('the list of another authority counts as none', async (t) => {
  const theirs = await openFile(t)
  await theirs.file.replace(1, REVOKED)
  const own = await newAuthority()
  const file = openCrlFile({ path: theirs.path, authority: own, crlDays: 30, now: () => NOW })
  t.equal(file.read(), undefined)
})

/** An authority that signs wrong lists from the second on. */
async function failingAuthority(
  sign: (right: Authority, asked: Parameters<Authority['signRevocationList']>[0]) => Buffer,
) {
  const right = await newAuthority()
  let asked = 0
  return {
    ...right,
    signRevocationList: (list: Parameters<Authority['signRevocationList']>[0]) =>
      asked++ === 0 ? right.signRevocationList(list) : sign(right, list),
  }
}

const stranger = await newAuthority()

const WRONG: Record<string, (right: Authority, asked: Parameters<Authority['signRevocationList']>[0]) => Buffer> = {
  'of another authority': (_, asked) => stranger.signRevocationList(asked),
  'that is garbage': () => Buffer.from('garbage'),
  'with an entry too few': (right, asked) => right.signRevocationList({ ...asked, revoked: [] }),
  'with another number': (right, asked) => right.signRevocationList({ ...asked, number: asked.number - 1 }),
}

for (const [what, sign] of Object.entries(WRONG)) {
  t.test(`a list ${what} never takes the place of a good one`, async (t) => {
    const { path, file } = await openFile(t, await failingAuthority(sign))
    await file.replace(1, REVOKED)
    const good = readFileSync(path)
    const other = { serial: 'ff'.repeat(16), revokedAt: NOW, reason: 'superseded' } as const
    await t.rejects(file.replace(2, [...REVOKED, other]), { message: 'revocation list' })
    t.same(readFileSync(path), good)
    t.match(file.current(), { number: 1 })
  })
}

t.test('a list that can’t be written leaves what was known', async (t) => {
  const authority = await newAuthority()
  const path = join(t.testdir({}), 'none/crl.pem')
  const file = openCrlFile({ path, authority, crlDays: 30, now: () => NOW })
  await t.rejects(file.replace(1, REVOKED), { code: 'ENOENT' })
  t.equal(file.current(), undefined)
})

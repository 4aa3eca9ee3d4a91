import t from 'tap'
import { NASTY_TEXTS } from '../testing/nasty.ts'
import { digestOfToken, formatToken, isTokenText, TOKEN_BYTES } from './token-text.ts'

const ZEROS = `vpnunit_${'A'.repeat(43)}`

t.test('a token says what it is, and is one word for a header, a file and a shell', async (t) => {
  t.equal(formatToken(Buffer.alloc(TOKEN_BYTES)), ZEROS)
  t.equal(formatToken(Buffer.alloc(TOKEN_BYTES, 0xff)), `vpnunit_${'_'.repeat(42)}8`)
  t.ok(isTokenText(ZEROS))
})

t.test('what is shorter, longer or something else is no token', async (t) => {
  for (const text of [ZEROS.slice(0, -1), `${ZEROS}A`, `${ZEROS}\n`, ` ${ZEROS}`, ZEROS.toUpperCase(), `${ZEROS}=`]) {
    t.notOk(isTokenText(text), text)
  }
  for (const [name, text] of Object.entries(NASTY_TEXTS)) t.notOk(isTokenText(text), name)
})

t.test('the digest is SHA-256', async (t) => {
  t.equal(digestOfToken('abc').toString('hex'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

import t from 'tap'
import { type Asn1, encode, integer } from './der.ts'
import { contentOf, readDer } from './der-reader.ts'
import { authorityExtensions, authorityKeyIdentifier, endExtensions, extension } from './extensions.ts'
import { readExtensions } from './read-extensions.ts'

const KEY_ID = Buffer.alloc(20, 0xaa)
const ISSUER_ID = Buffer.alloc(20, 0xbb)

const summary = (extensions: Asn1): Record<string, string> =>
  Object.fromEntries(
    Array.from(readExtensions(readDer(encode(extensions))).values(), ({ id, isCritical, value }) => [
      id,
      `${isCritical ? 'critical ' : ''}${contentOf(value).toString('hex')}`,
    ]),
  )

t.test('an authority signs certificates and lists, with no authority below it', async (t) => {
  t.same(summary(authorityExtensions(KEY_ID)), {
    '2.5.29.19': 'critical 30060101ff020100',
    '2.5.29.15': 'critical 03020106',
    '2.5.29.14': `0414${'aa'.repeat(20)}`,
  })
})

t.test('a gateway is a TLS client of its name, and no authority', async (t) => {
  t.same(summary(endExtensions('gateway', 'a.b', KEY_ID, ISSUER_ID)), {
    '2.5.29.19': 'critical 3000',
    '2.5.29.15': 'critical 03020780',
    '2.5.29.37': '300a06082b06010505070302',
    '2.5.29.17': '30058203612e62',
    '2.5.29.14': `0414${'aa'.repeat(20)}`,
    '2.5.29.35': `30168014${'bb'.repeat(20)}`,
  })
})

t.test('a server is a TLS server of its name or its address', async (t) => {
  const named = summary(endExtensions('server', 'a.b', KEY_ID, ISSUER_ID))
  t.match(named, { '2.5.29.37': '300a06082b06010505070301', '2.5.29.17': '30058203612e62' })
  t.equal(summary(endExtensions('server', '192.0.2.1', KEY_ID, ISSUER_ID))['2.5.29.17'], '30068704c0000201')
  t.equal(
    summary(endExtensions('server', '2001:db8::1', KEY_ID, ISSUER_ID))['2.5.29.17'],
    `3012871020010db8${'0'.repeat(23)}1`,
  )
})

t.test('an extension that is not critical does not say so', async (t) => {
  t.equal(encode(extension('2.5.29.20', false, integer(7))).toString('hex'), '300a0603551d140403020107')
  t.equal(encode(extension('2.5.29.20', true, integer(7))).toString('hex'), '300d0603551d140101ff0403020107')
  t.equal(encode(authorityKeyIdentifier(Buffer.from([1]))).toString('hex'), '300c0603551d2304053003800101')
})

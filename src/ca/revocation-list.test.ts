import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { DAY_MS } from '../domain/lifetime.ts'
import { createAuthority, openAuthority } from './authority.ts'
import { readAuthorityCertificate } from './authority-certificate.ts'
import { type Asn1, encoded, enumerated, explicit, integer, nothing, oid, sequence, time, truth } from './der.ts'
import { authorityKeyIdentifier, extension } from './extensions.ts'
import { generateKeyPair } from './key-pair.ts'
import { readRevocationList, revocationListPem } from './revocation-list.ts'
import { encodeSigned, signerOf } from './signature.ts'
import { keyObject, NOW, newAuthority } from './testing/authority.ts'
import { newEasyRsa, noEasyRsa } from './testing/easy-rsa.ts'

const END = new Date(NOW.getTime() + 30 * DAY_MS)
const SERIALS = ['ab'.repeat(16), '01'.repeat(16)]

const key = keyObject(await generateKeyPair('ec-p256'))
const authority = openAuthority(key, createAuthority(key, NOW).der)
const ca = authority.certificate.der
const list = authority.signRevocationList({
  number: 12,
  thisUpdate: NOW,
  nextUpdate: END,
  revoked: SERIALS.map((serial) => ({ serial, revokedAt: NOW, reason: 'superseded' as const })),
})

t.test('a list is read from DER and from PEM', async (t) => {
  const expected = { number: 12, thisUpdate: NOW, nextUpdate: END, serials: SERIALS }
  t.same(readRevocationList(list, ca), expected)
  t.same(readRevocationList(Buffer.from(revocationListPem(list)), ca), expected)
  t.match(revocationListPem(list), /^-----BEGIN X509 CRL-----\n/)
})

t.test('a list of an authority of any key type is read', async (t) => {
  for (const keyType of ['ec-p384', 'ed25519', 'rsa-2048'] as const) {
    const other = await newAuthority(keyType)
    const der = other.signRevocationList({ number: 1, thisUpdate: NOW, nextUpdate: END, revoked: [] })
    t.equal(readRevocationList(der, other.certificate.der).number, 1, keyType)
  }
})

t.test('a list of another authority is refused, by name or by signature', async (t) => {
  const other = await newAuthority()
  t.throws(() => readRevocationList(list, other.certificate.der), {
    message: "the revocation list can't be used: it is of another authority",
  })
  const own = signerOf(keyObject(await generateKeyPair('ec-p256')))
  t.throws(() => readRevocationList(encodeSigned(body({}), own), ca), {
    message: /^the revocation list can't be used: it does not have the signature of its key/,
  })
})

t.test('no altered bit passes', async (t) => {
  for (let at = 0; at < list.length; at++) {
    const altered = Buffer.from(list)
    altered[at] = (altered[at] as number) ^ (1 << (at % 8))
    t.throws(() => readRevocationList(altered, ca), `octet ${at}`)
  }
})

t.test('what is cut off, empty, longer or something else is refused', async (t) => {
  const message = /^the revocation list can't be used: /
  const pem = revocationListPem(list)
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('\n'),
    Buffer.from('rubbish'),
    list.subarray(0, -1),
    Buffer.concat([list, Buffer.alloc(1)]),
    Buffer.from(pem.slice(0, -30)),
    Buffer.from(pem + pem),
    Buffer.from(pem.replaceAll('X509 CRL', 'CERTIFICATE')),
    ca,
  ]) {
    t.throws(() => readRevocationList(bytes, ca), { message })
  }
  t.throws(() => readRevocationList(list, list), { message: /^the authority's certificate can't be used: / })
})

type Parts = {
  version?: Asn1[]
  algorithm?: Asn1
  times?: Asn1[]
  entries?: Asn1[]
  extensions?: Asn1[]
  rest?: Asn1[]
}

const NUMBER = extension('2.5.29.20', false, integer(1))

/** A TBSCertList of the authority's, right but for the parts that are given. */
function body(parts: Parts): Asn1 {
  return sequence(
    ...(parts.version ?? [integer(1)]),
    parts.algorithm ?? signerOf(key).algorithm,
    encoded(readAuthorityCertificate(ca).subject),
    ...(parts.times ?? [time(NOW), time(END)]),
    ...(parts.entries === undefined ? [] : [sequence(...parts.entries)]),
    explicit(0, sequence(...(parts.extensions ?? [NUMBER]))),
    ...(parts.rest ?? []),
  )
}

t.test('a rightly signed list that breaks RFC 5280 is refused with the reason', async (t) => {
  const read = (parts: Parts) => () => readRevocationList(encodeSigned(body(parts), signerOf(key)), ca)
  t.doesNotThrow(read({}))
  t.doesNotThrow(read({ entries: [sequence(integer(5), time(NOW))] }), 'an entry need not have extensions')
  t.doesNotThrow(read({ extensions: [NUMBER, authorityKeyIdentifier(Buffer.alloc(20))] }))
  const unknown = extension('2.5.29.28', true, sequence())
  const faults: [string, Parts, RegExp][] = [
    ['version 1', { version: [] }, /sequence where integer belongs/],
    ['version 3', { version: [integer(2)] }, /it is not of version 2/],
    [
      'another algorithm inside',
      { algorithm: sequence(oid('1.2.840.10045.4.3.3')) },
      /it names two signature algorithms/,
    ],
    ['no end', { times: [time(NOW)] }, /where utcTime belongs/],
    ['an end before its beginning', { times: [time(END), time(NOW)] }, /it ends before it begins/],
    ['no number', { extensions: [] }, /it has no CRL number/],
    ['a number that is none', { extensions: [extension('2.5.29.20', false, nothing())] }, /null where integer belongs/],
    ['a number beyond all', { extensions: [extension('2.5.29.20', false, integer(2n ** 64n))] }, /out of range/],
    ['the number twice', { extensions: [NUMBER, NUMBER] }, /comes twice/],
    ['a critical extension', { extensions: [NUMBER, unknown] }, /the critical extension 2.5.29.28 is not known here/],
    ['a member too many', { rest: [nothing()] }, /a member too many/],
    ['an empty list of entries', { entries: [] }, /it has an empty list of entries/],
    ['an entry without a date', { entries: [sequence(integer(5))] }, /missing/],
    ['an entry that is no structure', { entries: [integer(5)] }, /integer where sequence belongs/],
    ['an entry with too much', { entries: [sequence(integer(5), time(NOW), truth())] }, /a member too many/],
    ['an entry of 21 octets', { entries: [sequence(integer(2n ** 160n), time(NOW))] }, /no serial number/],
    [
      'a critical extension of an entry',
      { entries: [sequence(integer(5), time(NOW), sequence(extension('2.5.29.29', true, sequence())))] },
      /the critical extension 2.5.29.29 is not known here/,
    ],
    [
      'a reason twice',
      {
        entries: [
          sequence(integer(5), time(NOW), sequence(...Array(2).fill(extension('2.5.29.21', false, enumerated(1))))),
        ],
      },
      /comes twice/,
    ],
  ]
  for (const [what, parts, message] of faults) t.throws(read(parts), { message }, what)
})

t.test('nothing but an error in plain words comes of hostile octets', async (t) => {
  const isPlain = (bytes: Buffer): void => {
    try {
      readRevocationList(bytes, ca)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("the revocation list can't be used: ")) throw error
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => isPlain(Buffer.from(octets))))
  const change = fc.tuple(fc.nat(list.length - 1), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const bytes = Buffer.from(list)
      for (const [at, octet] of changes) bytes[at] = octet
      isPlain(bytes)
    }),
    { numRuns: 500 },
  )
  const nested = Buffer.alloc(4_000_000)
  for (let at = 0; at < nested.length; at += 2) nested.writeUInt16BE(0x3080, at)
  isPlain(nested)
  t.pass('in bounded time')
})

t.test("a list of easy-rsa's is refused for the number it does not have", { skip: noEasyRsa }, async (t) => {
  const { pki, easyrsa } = newEasyRsa(t.testdir())
  easyrsa('gen-crl')
  const authorityDer = new X509Certificate(readFileSync(join(pki, 'ca.crt'))).raw
  t.throws(() => readRevocationList(readFileSync(join(pki, 'crl.pem')), authorityDer), {
    message: "the revocation list can't be used: it has no CRL number",
  })
})

import t from 'tap'
import { type Asn1, encode, encoded, oid, sequence, set, utf8String } from './der.ts'
import { Malformed, readDer } from './der-reader.ts'
import { commonNameOnly, commonNamesOf } from './distinguished-name.ts'

const attribute = (id: string, value: Asn1): Asn1 => sequence(oid(id), value)
const text = (tag: number, octets: Buffer): Asn1 => encoded(Buffer.concat([Buffer.from([tag, octets.length]), octets]))
const read = (name: Asn1): string[] => commonNamesOf(readDer(encode(name)))
const COMMON_NAME = '2.5.4.3'
const ORGANISATION = '2.5.4.10'

t.test('a name of a common name alone is UTF8String, octet for octet', async (t) => {
  t.equal(encode(commonNameOnly('a.b')).toString('hex'), '300e310c300a06035504030c03612e62')
  t.same(read(commonNameOnly('gw.example.org')), ['gw.example.org'])
})

t.test('every common name is found, alone or among others, and nothing else is', async (t) => {
  const name = sequence(
    set(attribute(ORGANISATION, utf8String('Example'))),
    set(attribute(COMMON_NAME, utf8String('one'))),
    set(attribute(COMMON_NAME, utf8String('two')), attribute(ORGANISATION, utf8String('x'))),
  )
  t.same(read(name), ['one', 'two'])
  t.same(read(sequence()), [])
})

t.test('a common name in any kind of string of one octet a letter is read', async (t) => {
  for (const tag of [0x0c, 0x13, 0x14, 0x16]) {
    t.same(read(sequence(set(attribute(COMMON_NAME, text(tag, Buffer.from('gw.example.org')))))), ['gw.example.org'])
  }
})

t.test('other strings and other shapes are refused', async (t) => {
  const message = /the common name must be a UTF8String or a PrintableString/
  const named = (value: Asn1): Asn1 => sequence(set(attribute(COMMON_NAME, value)))
  t.throws(() => read(named(text(0x1e, Buffer.from('0061', 'hex')))), { message }, 'BMPString')
  t.throws(() => read(named(text(0x0c, Buffer.from('ff', 'hex')))), { message }, 'no UTF-8')
  t.throws(() => read(sequence(sequence())), Malformed)
  t.throws(() => read(sequence(set(set()))), Malformed)
  t.throws(() => read(sequence(set(sequence(oid(COMMON_NAME))))), Malformed)
  t.throws(() => read(sequence(set(sequence(oid(COMMON_NAME), utf8String('a'), utf8String('b'))))), Malformed)
})

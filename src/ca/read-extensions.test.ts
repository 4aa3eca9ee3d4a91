import t from 'tap'
import { type Asn1, encode, integer, nothing, octetString, oid, sequence, truth } from './der.ts'
import { Malformed, readDer } from './der-reader.ts'
import { extension } from './extensions.ts'
import { type Extension, isAuthority, readExtensions } from './read-extensions.ts'

const BASIC_CONSTRAINTS = '2.5.29.19'

const read = (...list: Asn1[]): Map<string, Extension> => readExtensions(readDer(encode(sequence(...list))))
const saysAuthority = (value: Asn1): boolean =>
  isAuthority(read(extension(BASIC_CONSTRAINTS, true, value)).get(BASIC_CONSTRAINTS))

t.test('extensions are found by their identifier, critical or not', async (t) => {
  const found = read(extension('2.5.29.20', false, integer(1)), extension('2.5.29.28', true, sequence()))
  t.same([...found.keys()], ['2.5.29.20', '2.5.29.28'])
  t.equal(found.get('2.5.29.20')?.isCritical, false)
  t.equal(found.get('2.5.29.28')?.isCritical, true)
})

t.test('an extension twice, or with too little or too much, is refused', async (t) => {
  const one = extension('2.5.29.20', false, integer(1))
  t.throws(() => read(one, one), { message: 'byte 0: the extension 2.5.29.20 comes twice' })
  t.throws(() => read(sequence(oid('2.5.29.20'))), Malformed)
  t.throws(() => read(sequence(oid('2.5.29.20'), octetString(Buffer.alloc(0)), nothing())), Malformed)
  t.throws(() => read(integer(1)), Malformed)
  t.throws(() => readExtensions(readDer(encode(integer(1)), 2)), Malformed)
})

t.test('only CA:TRUE makes an authority', async (t) => {
  t.equal(isAuthority(undefined), false)
  t.equal(saysAuthority(sequence()), false)
  t.equal(saysAuthority(sequence(truth())), true)
  t.equal(saysAuthority(sequence(truth(), integer(0))), true)
  t.throws(() => saysAuthority(sequence(truth(), nothing())), Malformed)
  t.throws(() => saysAuthority(truth()), Malformed)
})

import fc from 'fast-check'
import t from 'tap'
import { encode, encoded, sequence } from './der.ts'
import { checkDeeply } from './der-members.ts'
import { checkTag, contentOf, explicitTag, Malformed, readDer, readInside, TAG, wholeOf } from './der-reader.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

t.test('a value is found with its tag, its content and its end', async (t) => {
  const short = readDer(bytes('3003020105'))
  t.equal(short.tag, TAG.sequence)
  t.same(contentOf(short), bytes('020105'))
  t.same(wholeOf(short), bytes('3003020105'))
  const long = readDer(Buffer.concat([bytes('04820100'), Buffer.alloc(256)]), TAG.octetString)
  t.equal(contentOf(long).length, 256)
  t.same(contentOf(readInside(readDer(bytes('0403020105'), TAG.octetString), TAG.integer)), bytes('05'))
  t.equal(explicitTag(3), 0xa3)
  t.throws(() => checkTag(short, TAG.set), { message: 'byte 0: sequence where set belongs' })
  t.throws(() => checkTag(short, 0x82), { message: 'byte 0: sequence where tag 0x82 belongs' })
})

t.test('what is not DER is refused with the place of the fault', async (t) => {
  const faults: [string, string, number, RegExp][] = [
    ['nothing', '', TAG.sequence, /^byte 0: a value is missing or cut off$/],
    ['a tag alone', '30', TAG.sequence, /missing or cut off/],
    ['a length beyond the end', '3005020105', TAG.sequence, /^byte 0: a value is longer than what it lies in$/],
    ['something after the end', '3003020105ff', TAG.sequence, /^byte 5: something follows where nothing may$/],
    ['an indefinite length', '30800201050000', TAG.sequence, /a length that DER does not have/],
    ['a length of five octets', '3085000000000100', TAG.sequence, /a length that DER does not have/],
    ['a cut-off length', '3082', TAG.sequence, /a length that DER does not have/],
    ['a padded length', '308103020105', TAG.sequence, /a length in too many octets/],
    ['a length with a zero before it', `30820003${'020105'}`, TAG.sequence, /a length in too many octets/],
    ['a tag number of two octets', '1f8101', 0x1f, /a tag number of more than one octet/],
    ['an octet string in parts', '2403040105', 0x24, /in a form that DER does not have/],
    ['a sequence that is not one', '1003020105', 0x10, /in a form that DER does not have/],
    ['an empty integer', '0200', TAG.integer, /integer is not written as DER writes it/],
    ['an integer with a zero before it', '02020001', TAG.integer, /not written as DER/],
    ['a negative integer with ones before it', '0202ff80', TAG.integer, /not written as DER/],
    ['a true that is not ff', '010101', TAG.boolean, /not written as DER/],
    ['a null with content', '050100', TAG.null, /not written as DER/],
    ['a bit string without its count', '0300', TAG.bitString, /not written as DER/],
    ['a bit string with eight bits unused', '03020800', TAG.bitString, /not written as DER/],
    ['a bit string with unused bits set', '03020181', TAG.bitString, /not written as DER/],
    ['an empty bit string with unused bits', '030101', TAG.bitString, /not written as DER/],
    ['an empty object identifier', '0600', TAG.oid, /not written as DER/],
    ['an object identifier without an end', '06025583', TAG.oid, /not written as DER/],
    ['an object identifier with a padded part', '0603558001', TAG.oid, /not written as DER/],
  ]
  for (const [what, hex, tag, message] of faults) t.throws(() => readDer(bytes(hex), tag), { message }, what)
})

t.test('what DER allows at its edges is read', async (t) => {
  const right: [string, number][] = [
    ['020100', TAG.integer],
    ['02020080', TAG.integer],
    ['0202ff7f', TAG.integer],
    ['0101ff', TAG.boolean],
    ['010100', TAG.boolean],
    ['030100', TAG.bitString],
    ['03020780', TAG.bitString],
    ['0603558100', TAG.oid],
    ['3000', TAG.sequence],
  ]
  for (const [hex, tag] of right) t.equal(readDer(bytes(hex), tag).end, hex.length / 2, hex)
})

t.test('random bytes and a million levels are refused at once and exhaust nothing', async (t) => {
  const levels = Buffer.alloc(2_000_000)
  for (let at = 0; at < levels.length; at += 2) levels.writeUInt16BE(0x3080, at)
  t.throws(() => readDer(levels), Malformed)

  let nested: Buffer = Buffer.from('3000', 'hex')
  for (let depth = 0; depth < 2000; depth++) nested = encode(sequence(encoded(nested)))
  t.doesNotThrow(() => checkDeeply(readDer(nested)))

  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
    try {
      checkDeeply(readDer(Buffer.from(octets)))
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  })
  fc.assert(property, { numRuns: 2000 })
})

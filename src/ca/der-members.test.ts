import t from 'tap'
import { encode, integer, nothing, oid, sequence, set } from './der.ts'
import { checkDeeply, isTrue, Members, membersOf, numberOf, octetsOf, oidOf, serialOf } from './der-members.ts'
import { type Element, Malformed, readDer, TAG } from './der-reader.ts'

const read = (hex: string): Element => {
  const bytes = Buffer.from(hex, 'hex')
  return readDer(bytes, bytes[0])
}

t.test('members are taken in turn, and a wrong, missing or further one is refused with its place', async (t) => {
  const element = readDer(encode(sequence(integer(1), nothing(), oid('2.5.4.3'))))
  const members = new Members(element)
  t.equal(numberOf(members.take(TAG.integer)), 1)
  t.equal(members.takeOptional(TAG.boolean), undefined)
  t.equal(members.isNext(TAG.null), true)
  t.throws(() => members.end(), { message: 'byte 5: a member too many' })
  members.takeAny()
  t.equal(oidOf(members.take(TAG.oid)), '2.5.4.3')
  t.equal(members.isDone, true)
  t.equal(members.isNext(TAG.null), false)
  t.doesNotThrow(() => members.end())
  t.throws(() => members.takeAny(), { message: 'byte 12: a value is missing or cut off' })
  t.throws(() => new Members(element).take(TAG.null), { message: 'byte 2: integer where null belongs' })
})

t.test('all members are listed, and must have the tag that is asked for', async (t) => {
  const element = readDer(encode(sequence(integer(1), nothing())))
  t.equal(membersOf(element).length, 2)
  t.throws(() => membersOf(element, TAG.integer), { message: 'byte 5: null where integer belongs' })
  t.throws(() => membersOf(read('020105')), { message: 'byte 0: a structure belongs here' })
})

t.test('a fault is found at any depth, and so is a set out of order', async (t) => {
  t.doesNotThrow(() => checkDeeply(readDer(encode(sequence(set(integer(1), integer(2)), set())))))
  t.throws(() => checkDeeply(readDer(encode(sequence(set(integer(2), integer(1)))))), {
    message: "byte 7: the members of a set are not in DER's order",
  })
  t.throws(() => checkDeeply(read('3006a00430020500'.replace('0500', '0501'))), Malformed)
})

t.test('a serial number is 32 hex digits, its leading zeros too, and longer only when it is', async (t) => {
  t.equal(serialOf(read('020105')), `${'0'.repeat(31)}5`)
  t.equal(serialOf(read(`021100ff${'00'.repeat(15)}`)), `ff${'00'.repeat(15)}`)
  t.equal(serialOf(read(`020f01${'00'.repeat(14)}`)), `0001${'00'.repeat(14)}`)
  t.equal(serialOf(read(`02147f${'00'.repeat(19)}`)), `7f${'00'.repeat(19)}`)
  t.throws(() => serialOf(read('0201ff')), { message: 'byte 0: this is no serial number' })
  t.throws(() => serialOf(read(`02157f${'00'.repeat(20)}`)), Malformed)
})

t.test('a number fits JavaScript and is not negative', async (t) => {
  t.equal(numberOf(read('02071fffffffffffff')), Number.MAX_SAFE_INTEGER)
  t.throws(() => numberOf(read('020720000000000000')), { message: 'byte 0: a number out of range' })
  t.throws(() => numberOf(read('0201ff')), Malformed)
})

t.test('a bit string of keys has whole octets, and an absent boolean is false', async (t) => {
  t.same(octetsOf(read('030300abcd')), Buffer.from('abcd', 'hex'))
  t.throws(() => octetsOf(read('03020780')), { message: 'byte 0: a bit string of whole octets belongs here' })
  t.equal(isTrue(undefined), false)
  t.equal(isTrue(read('0101ff')), true)
  t.equal(isTrue(read('010100')), false)
})

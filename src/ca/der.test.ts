import t from 'tap'
import {
  bitString,
  encode,
  encoded,
  enumerated,
  explicit,
  implicit,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  sequenceOf,
  set,
  time,
  truth,
  utf8String,
} from './der.ts'

const hex = (value: Parameters<typeof encode>[0]): string => encode(value).toString('hex')

t.test('an integer is written in the fewest octets and never as a negative one', async (t) => {
  t.equal(hex(integer(0)), '020100')
  t.equal(hex(integer(127)), '02017f')
  t.equal(hex(integer(128)), '02020080')
  t.equal(hex(integer(0x0fffn)), '02020fff')
  t.equal(hex(integer(2n ** 128n - 1n)), `021100${'ff'.repeat(16)}`)
  t.equal(hex(integer(1n)), '020101')
  t.equal(hex(enumerated(5)), '0a0105')
})

t.test('a time is UTCTime through 2049 and GeneralizedTime from 2050 on', async (t) => {
  t.equal(hex(time(new Date('2049-12-31T23:59:59.999Z'))), `170d${Buffer.from('491231235959Z').toString('hex')}`)
  t.equal(hex(time(new Date('2050-01-01T00:00:00Z'))), `180f${Buffer.from('20500101000000Z').toString('hex')}`)
  t.equal(hex(time(new Date('1950-01-01T00:00:00Z'))), `170d${Buffer.from('500101000000Z').toString('hex')}`)
  t.throws(() => time(new Date('1949-12-31T23:59:59Z')), { message: 'X.509 has no time in the year 1949' })
  t.throws(() => time(new Date('+010000-01-01T00:00:00Z')), RangeError)
})

t.test('each kind of value has the encoding of X.690', async (t) => {
  t.equal(hex(nothing()), '0500')
  t.equal(hex(truth()), '0101ff')
  t.equal(hex(oid('2.5.4.3')), '0603550403')
  t.equal(hex(utf8String('é')), '0c02c3a9')
  t.equal(hex(octetString(Buffer.from('00ff', 'hex'))), '040200ff')
  t.equal(hex(bitString(Buffer.from([0x80]), 7)), '03020780')
  t.equal(hex(sequence(integer(1), set(nothing()))), '300702010131020500')
  t.equal(hex(explicit(3, integer(2))), 'a303020102')
  t.equal(hex(implicit(2, Buffer.from('a'))), '820161')
})

t.test('what is encoded already stands in a structure as it is', async (t) => {
  const long = encode(octetString(Buffer.alloc(300, 1)))
  for (const der of [encode(sequence(integer(5))), encode(sequence(encoded(long))), encode(explicit(1, nothing()))]) {
    t.same(encode(encoded(der)), der)
  }
  t.same(encode(sequenceOf(Buffer.concat([long, long]))), encode(sequence(encoded(long), encoded(long))))
})

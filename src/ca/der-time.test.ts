import t from 'tap'
import { encode, sequence, time } from './der.ts'
import { Members } from './der-members.ts'
import { Malformed, readDer } from './der-reader.ts'
import { takeTime } from './der-time.ts'

const read = (tag: number, text: string): Date => {
  const value = Buffer.concat([Buffer.from([0x30, text.length + 2, tag, text.length]), Buffer.from(text, 'latin1')])
  return takeTime(new Members(readDer(value)))
}
const UTC = 0x17
const GENERALIZED = 0x18

t.test('a time that was written is read again, on both sides of 2050', async (t) => {
  for (const text of ['1950-01-01T00:00:00Z', '2000-02-29T12:34:56Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z']) {
    const moment = new Date(text)
    t.same(takeTime(new Members(readDer(encode(sequence(time(moment)))))), moment)
  }
})

t.test('what RFC 5280 does not write is refused', async (t) => {
  const faults: [string, number, string][] = [
    ['no seconds', UTC, '3001011200Z'],
    ['no zone', UTC, '300101120000'],
    ['another zone', UTC, '3001011200+0100'],
    ['another zone in the right length', UTC, '300101120000+'],
    ['a fraction', GENERALIZED, '20510101000000.5Z'],
    ['a year that UTCTime has', GENERALIZED, '20491231235959Z'],
    ['a month 0', UTC, '300001000000Z'],
    ['a month 13', UTC, '301301000000Z'],
    ['a day 0', UTC, '300100000000Z'],
    ['the 29th of February', UTC, '300229000000Z'],
    ['an hour 24', UTC, '300101240000Z'],
    ['a minute 60', UTC, '300101006000Z'],
    ['a second 60', UTC, '300101000060Z'],
    ['letters', UTC, 'abcdefghijklZ'],
    ['signs', UTC, '30-1-1000000Z'],
    ['a year of letters', GENERALIZED, 'abcd0101000000Z'],
  ]
  for (const [what, tag, text] of faults) t.throws(() => read(tag, text), { message: /no time of RFC 5280/ }, what)
  t.throws(() => read(0x0c, '300101120000Z'), Malformed)
})

import type { Members } from './der-members.ts'
import { type Element, Malformed, TAG } from './der-reader.ts'

const ZERO = 0x30
const LETTER_Z = 0x5a

const UTC_TIME_OCTETS = 13
const GENERALIZED_TIME_OCTETS = 15

/**
 * The next member as a time of RFC 5280, section 4.1.2.5: in UTC, to the second, UTCTime for 1950 to 2049 and
 * GeneralizedTime for later years only. It is read digit by digit because a list has thousands of them.
 * @throws Malformed
 */
export function takeTime(members: Members): Date {
  const element = members.isNext(TAG.generalizedTime) ? members.takeAny() : members.take(TAG.utcTime)
  const time = element.tag === TAG.utcTime ? utcTime(element) : generalizedTime(element)
  if (time === undefined) throw new Malformed(`byte ${element.start}: this is no time of RFC 5280`)
  return time
}

function utcTime({ bytes, content, end }: Element): Date | undefined {
  if (end - content !== UTC_TIME_OCTETS) return undefined
  const year = pair(bytes, content)
  return toDate(year < 50 ? 2000 + year : 1900 + year, bytes, content + 2)
}

function generalizedTime({ bytes, content, end }: Element): Date | undefined {
  if (end - content !== GENERALIZED_TIME_OCTETS) return undefined
  const year = pair(bytes, content) * 100 + pair(bytes, content + 2)
  return year >= 2050 ? toDate(year, bytes, content + 4) : undefined
}

/** From a year and MMDDHHMMSSZ; undefined when the calendar or the clock does not have it. */
function toDate(year: number, bytes: Buffer, at: number): Date | undefined {
  const month = pair(bytes, at)
  const day = pair(bytes, at + 2)
  const hour = pair(bytes, at + 4)
  const minute = pair(bytes, at + 6)
  const second = pair(bytes, at + 8)
  if (!(month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59)) return undefined
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  return bytes[at + 10] === LETTER_Z && date.getUTCDate() === day ? date : undefined
}

/** Two digits as a number, NaN when they are none. */
function pair(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO
  const ones = (bytes[at + 1] ?? 0) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Clients' clocks are often a little behind: what is made now says it was good five minutes ago. */
export const BACKDATE_MS = 5 * MINUTE_MS

/** The authority's own life. */
export const AUTHORITY_DAYS = 3652

/** A year is what it takes to give every gateway a profile of another authority. */
export const AUTHORITY_WARN_DAYS = 365

/** A server certificate with fewer days left is replaced. */
export const SERVER_RENEW_DAYS = 60

/** A number is not given to another user while an old session may still hold its addresses. */
export const NUMBER_REST_MS = 30 * DAY_MS
export const SLOT_REST_MS = DAY_MS

/** The share of its life after which a revocation list is made anew though nothing was revoked. */
const CRL_REFRESH_SHARE = 0.1

/** The share of its life that must be left before health warns. */
const CRL_WARN_SHARE = 0.25

/** X.509 times have no fractions of a second. */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / SECOND_MS) * SECOND_MS)
}

const twoDigits = (number: number): string => String(number).padStart(2, '0')

/** The minutes of a day and the seconds of a minute as they are written: a long list has ten thousand times in it. */
const MINUTES = Array.from({ length: 1440 }, (_, n) => `T${twoDigits(Math.floor(n / 60))}:${twoDigits(n % 60)}:`)
const SECONDS = Array.from({ length: 60 }, (_, second) => `${twoDigits(second)}Z`)

/** The days that were formatted, by number: there are few of them. */
const days = new Map<number, string>()

/** RFC 3339 in UTC, to the second. Several times as fast as toISOString, which is what a long list is made of. */
export function formatTime(time: Date): string {
  const seconds = Math.floor(time.getTime() / SECOND_MS)
  const day = Math.floor(seconds / 86_400)
  const rest = seconds - day * 86_400
  return `${formatDay(day)}${MINUTES[Math.floor(rest / 60)]}${SECONDS[rest % 60]}`
}

function formatDay(day: number): string {
  let text = days.get(day)
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10)
    days.set(day, text)
  }
  return text
}

/** Whole days until `end`, negative after it. */
export function daysLeft(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / DAY_MS)
}

/** From when on a certificate may be renewed without force. */
export function renewableFrom(notAfter: Date, renewDays: number): Date {
  return new Date(notAfter.getTime() - renewDays * DAY_MS)
}

export type Period = { readonly from: Date; readonly until: Date }

/** Whether a revocation list is due for a new one: long before half of its life, or when it claims to be of the future. */
export function isCrlDue(life: Period, now: Date): boolean {
  return now < life.from || shareGone(life, now) >= CRL_REFRESH_SHARE
}

/** Whether a revocation list is so near its end that somebody must be told. */
export function isCrlEnding(life: Period, now: Date): boolean {
  return shareGone(life, now) > 1 - CRL_WARN_SHARE
}

function shareGone(life: Period, now: Date): number {
  return (now.getTime() - life.from.getTime()) / (life.until.getTime() - life.from.getTime())
}

/**
 * Whether the server's certificate is to be replaced: in its last 60 days, unless it was itself made in the
 * authority's last 60 and so could not be made to live any longer.
 */
export function isServerCertificateDue(certificate: Period, authorityEnd: Date, now: Date): boolean {
  const due = certificate.until.getTime() - SERVER_RENEW_DAYS * DAY_MS
  if (now.getTime() < due) return false
  const madeAt = certificate.from.getTime() + BACKDATE_MS
  return authorityEnd > certificate.until || madeAt < due
}

/**
 * A revoked certificate stays in the lists for a month beyond its end (RFC 5280, section 3.3, wants one list more), and
 * is forgotten then.
 */
export function forgottenBefore(now: Date): Date {
  return new Date(now.getTime() - 30 * DAY_MS)
}

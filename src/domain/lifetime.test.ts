import t from 'tap'
import {
  BACKDATE_MS,
  daysLeft,
  forgottenBefore,
  formatTime,
  isCrlDue,
  isCrlEnding,
  isServerCertificateDue,
  renewableFrom,
  wholeSeconds,
} from './lifetime.ts'

const at = (time: string) => new Date(time)

t.test('a time is cut to whole seconds, never rounded up', async (t) => {
  t.same(wholeSeconds(at('2026-03-01T12:00:00.999Z')), at('2026-03-01T12:00:00Z'))
  t.same(wholeSeconds(at('2026-03-01T12:00:00Z')), at('2026-03-01T12:00:00Z'))
  t.same(wholeSeconds(new Date(-1)), new Date(-1000), 'before 1970 too')
})

t.test('a time is said in UTC, to the second', async (t) => {
  t.equal(formatTime(at('2026-03-01T12:00:00.999Z')), '2026-03-01T12:00:00Z')
  t.equal(formatTime(at('2026-03-01T00:30:00+02:00')), '2026-02-28T22:30:00Z')
})

t.test('the days that are left are whole ones', async (t) => {
  const end = at('2026-03-31T12:00:00Z')
  t.equal(daysLeft(end, at('2026-03-01T12:00:00Z')), 30)
  t.equal(daysLeft(end, at('2026-03-01T12:00:01Z')), 29)
  t.equal(daysLeft(end, at('2026-03-31T11:59:59Z')), 0)
  t.equal(daysLeft(end, end), 0)
  t.equal(daysLeft(end, at('2026-03-31T12:00:01Z')), -1)
})

t.test('a certificate is renewable from so many days before its end on', async (t) => {
  const notAfter = at('2028-06-03T12:00:00Z')
  t.same(renewableFrom(notAfter, 30), at('2028-05-04T12:00:00Z'))
  t.same(renewableFrom(notAfter, 0), notAfter)
})

const LIST = { from: at('2026-01-01T00:00:00Z'), until: at('2026-04-11T00:00:00Z') }

t.test('a list that is good for 100 days is due after the tenth', async (t) => {
  t.equal(isCrlDue(LIST, at('2026-01-01T00:00:00Z')), false)
  t.equal(isCrlDue(LIST, at('2026-01-10T23:59:59Z')), false)
  t.equal(isCrlDue(LIST, at('2026-01-11T00:00:00Z')), true)
  t.equal(isCrlDue(LIST, at('2027-01-01T00:00:00Z')), true, 'long after its end')
})

t.test('a list that claims to be of the future is due', async (t) => {
  t.equal(isCrlDue(LIST, at('2025-12-31T23:59:59Z')), true)
})

t.test('a list is told of when less than a quarter of its life is left', async (t) => {
  t.equal(isCrlEnding(LIST, at('2026-03-17T00:00:00Z')), false)
  t.equal(isCrlEnding(LIST, at('2026-03-17T00:00:01Z')), true)
  t.equal(isCrlEnding(LIST, at('2026-04-11T00:00:01Z')), true)
})

t.test('a server certificate is due from 60 days before its end on', async (t) => {
  const life = { from: at('2026-01-01T00:00:00Z'), until: at('2036-01-01T00:00:00Z') }
  t.equal(isServerCertificateDue(life, life.until, at('2035-11-01T23:59:59Z')), false)
  t.equal(isServerCertificateDue(life, life.until, at('2035-11-02T00:00:00Z')), true)
  t.equal(isServerCertificateDue(life, life.until, at('2036-06-01T00:00:00Z')), true)
})

t.test('one that was made in the last 60 days of the authority is not, because no other can live longer', async (t) => {
  const until = at('2036-01-01T00:00:00Z')
  const life = { from: at('2035-11-02T00:00:00Z'), until }
  t.equal(isServerCertificateDue(life, until, at('2035-11-02T00:00:00Z')), false)
  t.equal(isServerCertificateDue(life, until, at('2035-12-31T23:59:59Z')), false)
  const longer = at('2036-01-01T00:00:01Z')
  t.equal(isServerCertificateDue(life, longer, at('2035-12-31T23:59:59Z')), true, 'the authority lives longer')
})

t.test('one that was made the moment the former was due is not due at once, though it is dated back', async (t) => {
  const until = at('2036-01-01T00:00:00Z')
  const due = at('2035-11-02T00:00:00Z')
  const life = { from: new Date(due.getTime() - BACKDATE_MS), until }
  t.equal(isServerCertificateDue(life, until, due), false)
})

t.test('a revoked certificate is forgotten 30 days after its end', async (t) => {
  t.same(forgottenBefore(at('2026-03-31T12:00:00Z')), at('2026-03-01T12:00:00Z'))
})

import t from 'tap'
import { renewableFromText, statusOf } from './certificate.ts'

const notAfter = new Date('2028-06-03T12:00:00Z')
const before = new Date('2028-06-03T11:59:59Z')
const long = new Date('2027-01-01T00:00:00Z')
const standing = { notAfter, revokedAt: null, supersededAt: null }

t.test('a certificate is valid until its end', async (t) => {
  t.equal(statusOf(standing, before), 'valid')
  t.equal(statusOf(standing, notAfter), 'expired')
})

t.test('one that a renewal left is superseded until its end', async (t) => {
  t.equal(statusOf({ ...standing, supersededAt: long }, before), 'superseded')
  t.equal(statusOf({ ...standing, supersededAt: long }, notAfter), 'expired')
})

t.test('a revoked one is revoked, whatever else it is', async (t) => {
  t.equal(statusOf({ ...standing, revokedAt: long }, before), 'revoked')
  t.equal(statusOf({ ...standing, revokedAt: long, supersededAt: long }, before), 'revoked')
  t.equal(statusOf({ ...standing, revokedAt: long }, notAfter), 'revoked')
})

t.test('when it becomes renewable is said as the API says times', async (t) => {
  t.equal(renewableFromText(notAfter, 30), '2028-05-04T12:00:00Z')
})

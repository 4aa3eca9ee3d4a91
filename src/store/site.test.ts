import t from 'tap'
import { openStore } from './store.ts'

const ROW = {
  serverName: 'vpn.example.org',
  authorityCertificate: Buffer.from('certificate'),
  sealedTlsCryptKey: Buffer.from('sealed'),
  prefix: '2001:db8::/48',
  createdAt: new Date('2026-03-01T12:00:00Z'),
}

function founded() {
  const { site } = openStore(':memory:')
  site.found(ROW)
  return site
}

t.test('a site is founded once, at revision 0 and list 0', async (t) => {
  const { site } = openStore(':memory:')
  t.equal(site.find(), undefined)
  t.same([site.revision(), site.crlNumber()], [0, 0])
  site.found(ROW)
  t.same(site.find(), { id: 1, revision: 0, crlNumber: 0, defaultPolicy: 'open', ...ROW })
  t.throws(() => site.found(ROW), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
})

t.test('the policy is open until it is set otherwise', async (t) => {
  const { site } = openStore(':memory:')
  t.equal(site.defaultPolicy(), 'open', 'before there is a site too')
  site.found(ROW)
  t.equal(site.defaultPolicy(), 'open')
  site.setDefaultPolicy('closed')
  t.equal(site.defaultPolicy(), 'closed')
})

t.test('the revision grows by one', async (t) => {
  const site = founded()
  t.same([site.raiseRevision(), site.raiseRevision(), site.revision()], [1, 2, 2])
})

t.test('the number of a list grows by one, and over every number that clients may hold', async (t) => {
  const site = founded()
  t.same([site.raiseCrlNumber(), site.raiseCrlNumber(), site.crlNumber()], [1, 2, 2])
  t.equal(site.raiseCrlNumber(40), 41)
  t.equal(site.raiseCrlNumber(7), 42, 'a lower one is no reason to go back')
  t.equal(site.raiseCrlNumber(42), 43)
})

t.test('touching the row changes nothing', async (t) => {
  const site = founded()
  const before = site.find()
  site.touch()
  t.same(site.find(), before)
})

t.test('a database without the row is none of vpnunit', async (t) => {
  const { site } = openStore(':memory:')
  t.throws(() => site.raiseRevision(), { message: 'no database of vpnunit' })
  t.throws(() => site.raiseCrlNumber(), { message: 'no database of vpnunit' })
})

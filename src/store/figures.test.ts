import t, { type Test } from 'tap'
import { CERTIFICATE_STATUSES, statusOf } from '../domain/certificate.ts'
import { DAY_MS } from '../domain/lifetime.ts'
import type { Fqdn, UserName } from '../domain/names.ts'
import { openStore, type Store } from './store.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY_MS)

function open(t: Test): Store {
  const store = openStore(':memory:')
  t.teardown(() => store.close())
  return store
}

/** Users 2 and 3; the second is disabled. */
function addUsers(store: Store): void {
  for (const number of [2, 3]) store.users.insert({ number, name: `user${number}` as UserName, createdAt: NOW })
  store.users.setDisabled(3, true)
}

function addGateway(store: Store, userNumber: number, slot: number): number {
  return store.gateways.insert({ name: `g${slot}.u${userNumber}` as Fqdn, userNumber, slot, createdAt: NOW })
}

let serials = 0
function addCertificate(store: Store, gatewayId: number | null, notAfter: Date): string {
  const serial = String(serials++).padStart(32, '0')
  const kind = gatewayId === null ? 'server' : 'gateway'
  const fixed = {
    name: 'x',
    keyType: 'ec-p256',
    der: Buffer.alloc(1),
    sealedKey: null,
    sealedTlsCryptKey: null,
  } as const
  store.certificates.insert({ ...fixed, serial, kind, gatewayId, notBefore: NOW, notAfter, issuedAt: NOW })
  return serial
}

t.test('with nothing in the tables every figure is there, and nought', (t) => {
  const { figures } = open(t)
  t.strictSame(figures.gateways(), { enabled: 0, disabled: 0 })
  t.strictSame(figures.certificates(NOW), { valid: 0, superseded: 0, expired: 0, revoked: 0 })
  t.strictSame(figures.ends(NOW), { soonest: undefined, ended: 0, ending: { 1: 0, 7: 0, 14: 0, 30: 0 } })
  t.end()
})

t.test('a gateway is disabled by itself, with its user, or by both, and counted once', (t) => {
  const store = open(t)
  addUsers(store)
  const ids = [addGateway(store, 2, 0), addGateway(store, 2, 1), addGateway(store, 3, 0), addGateway(store, 3, 1)]
  for (const id of [ids[1], ids[3]]) store.gateways.setDisabled(Number(id), true)
  t.strictSame(store.figures.gateways(), { enabled: 1, disabled: 3 })
  t.end()
})

t.test('certificates are counted by what the domain says they are worth', (t) => {
  const store = open(t)
  addUsers(store)
  const id = addGateway(store, 2, 0)
  const expected = Object.fromEntries(CERTIFICATE_STATUSES.map((status) => [status, 0]))
  for (const end of [-1, 0, 1, 400]) {
    for (const revokedAt of [NOW, null]) {
      const serial = addCertificate(store, id, inDays(end))
      store.certificates.supersede(serial, NOW)
      if (revokedAt !== null) store.certificates.revoke(serial, revokedAt, 'superseded')
      const status = statusOf({ notAfter: inDays(end), supersededAt: NOW, revokedAt }, NOW)
      expected[status] = (expected[status] ?? 0) + 1
    }
  }
  t.strictSame(expected, { valid: 0, superseded: 2, expired: 2, revoked: 4 })
  addCertificate(store, id, inDays(400))
  addCertificate(store, null, inDays(400))
  t.strictSame(store.figures.certificates(NOW), { ...expected, valid: 2 })
  t.end()
})

t.test('of ends only those count that lock somebody out', (t) => {
  const store = open(t)
  addUsers(store)
  const [good, superseded, revoked, disabled, ofDisabledUser] = [
    addGateway(store, 2, 0),
    addGateway(store, 2, 1),
    addGateway(store, 2, 2),
    addGateway(store, 2, 3),
    addGateway(store, 3, 0),
  ] as const
  addCertificate(store, good, inDays(20))
  store.certificates.supersede(addCertificate(store, superseded, inDays(1)), NOW)
  addCertificate(store, superseded, inDays(400))
  store.certificates.revoke(addCertificate(store, revoked, inDays(2)), NOW, 'keyCompromise')
  addCertificate(store, disabled, inDays(3))
  store.gateways.setDisabled(disabled, true)
  addCertificate(store, ofDisabledUser, inDays(4))
  addCertificate(store, null, inDays(5))
  t.strictSame(store.figures.ends(NOW), {
    soonest: inDays(20),
    ended: 0,
    ending: { 1: 0, 7: 0, 14: 0, 30: 1 },
  })
  t.end()
})

t.test('one that ended is not counted as ending, and the longer spans hold the shorter', (t) => {
  const store = open(t)
  addUsers(store)
  for (const [slot, days] of [-40, 0, 1, 7, 14, 30, 31].entries()) {
    addCertificate(store, addGateway(store, 2, slot), inDays(days))
  }
  t.strictSame(store.figures.ends(NOW), { soonest: inDays(-40), ended: 2, ending: { 1: 1, 7: 2, 14: 3, 30: 4 } })
  t.end()
})

import t, { type Test } from 'tap'
import { NAME as CSR_NAME, newRequest, requestPem } from '../ca/testing/request.ts'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import type { KeySource } from './identity.ts'
import { renewGateway, type WantedRenewal } from './renew-gateway.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const NAME = parseFqdn(CSR_NAME)
const CSR = { csr: requestPem(newRequest()) }
const any = () => undefined
const KEEP: WantedRenewal = { force: false, old: 'keep' }

/** A unit with one gateway, made on 2026-03-01 for 825 days. */
async function unitWithGateway(t: Test, key: KeySource = { keyType: 'ec-p256' }) {
  const opened = await openTestUnit(t)
  const { unit } = opened
  await createUser(unit, CALLER, { name: ADA })
  const first = await createGateway(unit, CALLER, { name: NAME, user: ADA, key })
  const renew = async (wanted: Partial<WantedRenewal> = {}) =>
    (await renewGateway(unit, CALLER, NAME, { ...KEEP, ...wanted }, any)).gateway
  return { ...opened, first, renew, revision: unit.store.site.revision(), crlNumber: unit.store.site.crlNumber() }
}

t.test('from 30 days before its end on a certificate is renewed, and not a second earlier', async (t) => {
  const { unit, clock, first, renew, revision } = await unitWithGateway(t)
  t.same(first.notAfter, new Date('2028-06-03T12:00:00Z'))
  clock.set(new Date('2028-05-04T11:59:59Z'))
  const refusal = { code: 'renewal-too-early', extras: { gateway: NAME, renewableFrom: '2028-05-04T12:00:00Z' } }
  await t.rejects(renew(), refusal)
  t.equal(unit.store.site.revision(), revision)
  clock.set(new Date('2028-05-04T12:00:00Z'))
  t.match(await renew(), { notAfter: new Date('2030-08-07T12:00:00Z'), revokedAt: null })
  await t.rejects(renew(), { code: 'renewal-too-early' })
})

t.test('a renewal keeps the former certificate good, and says in the audit what it did', async (t) => {
  const { unit, first, renew, revision, crlNumber } = await unitWithGateway(t)
  const renewed = await renew({ force: true })
  t.match(renewed, { id: first.id, slot: 0, keyType: 'ec-p256' })
  t.match(unit.store.certificates.find(first.serial), { supersededAt: unit.now(), revokedAt: null })
  t.equal(unit.store.site.crlNumber(), crlNumber)
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, ...CALLER, action: 'gateway.renew', object: NAME })
  t.same(row?.detail, { serial: renewed.serial, former: first.serial, old: 'keep', revokedSerials: [] })
})

t.test('or revokes every former one at once', async (t) => {
  const { unit, first, renew, crlNumber } = await unitWithGateway(t)
  const second = await renew({ force: true })
  const third = await renew({ force: true, old: 'revoke' })
  t.same(unit.publisher.readCrl()?.serials.sort(), [first.serial, second.serial].sort())
  t.equal(unit.store.site.crlNumber(), crlNumber + 1, 'by one list')
  t.match(unit.store.certificates.find(second.serial), { revocationReason: 'superseded' })
  t.match(unit.store.gateways.find(NAME), { serial: third.serial, revokedAt: null })
})

t.test('a certificate that has ended is renewed without force, and needs no revocation', async (t) => {
  const { unit, clock, renew, crlNumber } = await unitWithGateway(t)
  clock.advanceDays(900)
  t.match(await renew({ old: 'revoke' }), { notBefore: new Date('2028-08-17T11:55:00Z') })
  t.equal(unit.store.site.crlNumber(), crlNumber)
})

t.test('retiring is refused: it needs an agent', async (t) => {
  const { unit, renew, revision } = await unitWithGateway(t)
  await t.rejects(renew({ force: true, old: 'retire' }), { code: 'retire-needs-agent', extras: { gateway: NAME } })
  t.equal(unit.store.site.revision(), revision)
})

t.test('the new key is of the former’s type, unless another is asked for', async (t) => {
  const { renew } = await unitWithGateway(t, { keyType: 'ed25519' })
  t.match(await renew({ force: true }), { keyType: 'ed25519' })
  t.match(await renew({ force: true, key: { keyType: 'ec-p384' } }), { keyType: 'ec-p384' })
  t.match(await renew({ force: true }), { keyType: 'ec-p384' })
})

t.test('a key that was never here does not come to be here unless it is asked for', async (t) => {
  const { unit, first, renew, revision } = await unitWithGateway(t, CSR)
  t.match(unit.store.certificates.find(first.serial), { sealedKey: null })
  await t.rejects(renew({ force: true }), { code: 'bad-csr', message: 'send a new "csr"' })
  t.equal(unit.store.site.revision(), revision)
  const { serial } = await renew({ force: true, key: CSR })
  t.match(unit.store.certificates.find(serial), { sealedKey: null })
  const made = await renew({ force: true, key: { keyType: 'ec-p256' } })
  t.ok(unit.store.certificates.find(made.serial)?.sealedKey)
})

t.test('what is not there, not as the caller saw it, or of an ended authority is not renewed', async (t) => {
  const { unit, clock, renew, revision } = await unitWithGateway(t)
  const other = parseFqdn('other.example.org')
  await t.rejects(renewGateway(unit, CALLER, other, KEEP, any), { code: 'gateway-unknown' })
  const refuse = () => {
    throw new Problem('precondition-failed', 'It changed.')
  }
  const forced = { ...KEEP, force: true }
  await t.rejects(renewGateway(unit, CALLER, NAME, forced, refuse), { code: 'precondition-failed' })
  await t.rejects(renew({ force: true, key: { csr: 'none' } }), { code: 'bad-csr' })
  clock.advanceDays(3652)
  await t.rejects(renew(), { code: 'authority-ended' })
  t.equal(unit.store.site.revision(), revision)
})

t.test('no certificate outlives the authority', async (t) => {
  const { unit, clock, renew } = await unitWithGateway(t)
  clock.advanceDays(3652 - 10)
  const { notAfter } = await renew()
  t.same(notAfter, unit.authority.certificate.notAfter)
})

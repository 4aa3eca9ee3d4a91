import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { deleteGateway } from './delete-gateway.ts'
import { renewGateway } from './renew-gateway.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const NAME = parseFqdn('gw.example.org')
const any = () => undefined

/** A unit with one gateway, and its first serial. */
async function unitWithGateway(t: Test) {
  const opened = await openTestUnit(t)
  const { unit } = opened
  await createUser(unit, CALLER, { name: ADA })
  const create = () => createGateway(unit, CALLER, { name: NAME, user: ADA, key: { keyType: 'ec-p256' } })
  const { serial } = await create()
  const renew = async () => (await renewGateway(unit, CALLER, NAME, { force: true, old: 'keep' }, any)).gateway
  return { ...opened, create, renew, serial, crlNumber: unit.store.site.crlNumber() }
}

t.test('a gateway that is removed leaves no file and no route, and its certificate is revoked', async (t) => {
  const { unit, folder, serial, crlNumber } = await unitWithGateway(t)
  const { value: receipt } = await deleteGateway(unit, CALLER, NAME, any)
  t.same(receipt, { gateway: NAME, revokedSerials: [serial], crlNumber: crlNumber + 1 })
  t.equal(unit.store.gateways.find(NAME), undefined)
  t.same(readdirSync(join(folder, 'ovpn/clients')), [])
  t.equal(readFileSync(join(folder, 'ip/routes'), 'utf8'), 'unreachable 2001:470:c844::/48 metric 4096\n')
  t.match(unit.publisher.readCrl(), { number: crlNumber + 1, serials: [serial] })
  t.match(unit.store.certificates.find(serial), { revokedAt: unit.now(), revocationReason: 'cessationOfOperation' })
})

t.test('the audit says whose it was and what was revoked', async (t) => {
  const { unit, serial } = await unitWithGateway(t)
  const revision = unit.store.site.revision()
  await deleteGateway(unit, CALLER, NAME, any)
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, ...CALLER, action: 'gateway.delete', object: NAME })
  t.same(row?.detail, { user: 'ada', slot: 0, revokedSerials: [serial] })
})

t.test('every certificate that is still good is revoked, a superseded one too', async (t) => {
  const { unit, renew, serial } = await unitWithGateway(t)
  const renewed = await renew()
  const { value: receipt } = await deleteGateway(unit, CALLER, NAME, any)
  t.same([...receipt.revokedSerials].sort(), [serial, renewed.serial].sort())
  t.match(unit.publisher.readCrl(), { serials: { length: 2 } })
})

t.test('where every certificate has ended there is nothing to revoke, and no new list', async (t) => {
  const { unit, clock, crlNumber } = await unitWithGateway(t)
  clock.advanceDays(825)
  const { value: receipt } = await deleteGateway(unit, CALLER, NAME, any)
  t.same(receipt, { gateway: NAME, revokedSerials: [], crlNumber })
  t.match(unit.publisher.readCrl(), { number: crlNumber })
})

t.test('the name can be used again, and the old serial stays revoked', async (t) => {
  const { unit, create, serial } = await unitWithGateway(t)
  await deleteGateway(unit, CALLER, NAME, any)
  const again = await create()
  t.not(again.serial, serial)
  t.same(unit.publisher.readCrl()?.serials, [serial])
})

t.test('what is not there, or not as the caller saw it, is not removed', async (t) => {
  const { unit } = await unitWithGateway(t)
  const revision = unit.store.site.revision()
  const name = parseFqdn('other.example.org')
  const unknown = { code: 'gateway-unknown', extras: { gateway: 'other.example.org' } }
  await t.rejects(deleteGateway(unit, CALLER, name, any), unknown)
  const refuse = () => {
    throw new Problem('precondition-failed', 'It changed.')
  }
  await t.rejects(deleteGateway(unit, CALLER, NAME, refuse), { code: 'precondition-failed' })
  t.equal(unit.store.site.revision(), revision)
  t.match(unit.store.gateways.find(NAME), { slot: 0, revokedAt: null })
})

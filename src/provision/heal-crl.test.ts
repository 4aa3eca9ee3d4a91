import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { revocationListPem } from '../ca/revocation-list.ts'
import { newAuthority } from '../ca/testing/authority.ts'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { deleteGateway } from './delete-gateway.ts'
import { healCrl } from './heal-crl.ts'
import { refreshCrl } from './refresh-crl.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const name = (n: number) => parseFqdn(`g${n}.example.org`)
const create = (unit: Unit, n: number) =>
  createGateway(unit, CALLER, { name: name(n), user: ADA, key: { keyType: 'ec-p256' } })
const remove = (unit: Unit, n: number) => deleteGateway(unit, CALLER, name(n), () => undefined)
const newest = (unit: Unit) => unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0]

/** A unit with the gateways 0 and 1, of which 0 was removed. */
async function unitWithRevoked(t: Test) {
  const opened = await openTestUnit(t)
  const { unit } = opened
  await createUser(unit, CALLER, { name: ADA })
  const [first, second] = [await create(unit, 0), await create(unit, 1)]
  await remove(unit, 0)
  return { ...opened, revoked: first.serial, good: second.serial, crlNumber: unit.store.site.crlNumber() }
}

t.test('a list that says what the database says is left alone', async (t) => {
  const { unit } = await unitWithRevoked(t)
  const before = [unit.store.site.revision(), readFileSync(unit.layout.crl, 'utf8')]
  t.equal(await healCrl(unit), false)
  t.same([unit.store.site.revision(), readFileSync(unit.layout.crl, 'utf8')], before)
})

const DAMAGES: Record<string, (path: string, unit: Unit) => void | Promise<void>> = {
  'is gone': (path) => rmSync(path),
  'is garbage': (path) => writeFileSync(path, 'garbage'),
  'is another authority’s, with a high number': async (path, unit) => {
    const other = await newAuthority('ec-p256', unit.now())
    const thisUpdate = unit.now()
    const nextUpdate = new Date(thisUpdate.getTime() + 86_400_000)
    const der = other.signRevocationList({ number: 900, thisUpdate, nextUpdate, revoked: [] })
    writeFileSync(path, revocationListPem(der))
  },
  'names too few': (path, unit) => {
    const thisUpdate = unit.now()
    const nextUpdate = new Date(thisUpdate.getTime() + 86_400_000)
    const list = { number: unit.store.site.crlNumber(), thisUpdate, nextUpdate, revoked: [] }
    writeFileSync(path, revocationListPem(unit.authority.signRevocationList(list)))
  },
}

for (const [what, damage] of Object.entries(DAMAGES)) {
  t.test(`a list that ${what} is made anew`, async (t) => {
    const { unit, revoked, crlNumber } = await unitWithRevoked(t)
    const revision = unit.store.site.revision()
    await damage(unit.layout.crl, unit)
    t.equal(await healCrl(unit), true)
    t.match(unit.publisher.readCrl(), { number: crlNumber + 1, serials: [revoked] })
    t.match(newest(unit), {
      revision: revision + 1,
      actor: 'vpnunit',
      action: 'crl.heal',
      detail: { revokedAgain: [] },
    })
  })
}

t.test('a list that is due is made anew', async (t) => {
  const { unit, clock, crlNumber } = await unitWithRevoked(t)
  clock.advanceDays(40)
  t.equal(await healCrl(unit), true)
  t.match(unit.publisher.crl(), { number: crlNumber + 1 })
})

t.test('a list with a higher number than the database’s is followed by a higher one still', async (t) => {
  const { unit, revoked, crlNumber } = await unitWithRevoked(t)
  const thisUpdate = unit.now()
  const nextUpdate = new Date(thisUpdate.getTime() + 86_400_000)
  const entry = { serial: revoked, revokedAt: thisUpdate, reason: 'superseded' } as const
  const list = { number: crlNumber + 500, thisUpdate, nextUpdate, revoked: [entry] }
  writeFileSync(unit.layout.crl, revocationListPem(unit.authority.signRevocationList(list)))
  t.equal(await healCrl(unit), true)
  t.match(unit.publisher.readCrl(), { number: crlNumber + 501 })
})

/** Copies the database of a stopped unit. */
function copyDatabase(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(to)) if (file.startsWith('database')) rmSync(join(to, file))
  for (const file of readdirSync(from)) if (file.startsWith('database')) cpSync(join(from, file), join(to, file))
}

t.test('what was revoked after a backup stays revoked when the backup is put back', async (t) => {
  const first = await unitWithRevoked(t)
  const { folder, revoked, good } = first
  const backup = join(folder, '../backup')
  await first.close()
  copyDatabase(folder, backup)
  const { unit: later, close } = await openTestUnit(t, {}, first)
  const { serial: stranger } = await create(later, 2)
  await remove(later, 1)
  await remove(later, 2)
  const last = later.store.site.crlNumber()
  await close()
  copyDatabase(backup, folder)

  const { unit } = await openTestUnit(t, {}, first)

  t.match(unit.publisher.readCrl(), { number: last + 1 })
  t.same(unit.publisher.readCrl()?.serials.sort(), [revoked, good, stranger].sort())
  t.match(
    unit.store.gateways.find(name(1)),
    { serial: good, revokedAt: unit.now() },
    'the gateway is back, its trust is not',
  )
  t.equal(unit.store.certificates.find(stranger), undefined)
  const revokedAgain = newest(unit)?.detail.revokedAgain
  t.same(Array.isArray(revokedAgain) && revokedAgain.sort(), [good, stranger].sort())
  t.equal(await healCrl(unit), false, 'and it is healed for good')
})

t.test('a serial that was forgotten before its last list is not revoked for ever by it', async (t) => {
  const { unit, clock, revoked } = await unitWithRevoked(t)
  clock.set(new Date('2028-08-01T12:00:00Z'))
  await refreshCrl(unit)
  t.not(unit.store.certificates.find(revoked), undefined, 'the list in place had it until now')
  t.same(unit.publisher.readCrl()?.serials, [])
  clock.set(new Date('2029-02-01T12:00:00Z'))
  await refreshCrl(unit)
  t.equal(unit.store.certificates.find(revoked), undefined)
  t.equal(await healCrl(unit), false)
})

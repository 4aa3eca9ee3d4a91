import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { deleteGateway } from './delete-gateway.ts'
import { refreshCrl } from './refresh-crl.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }

/** A unit whose list, made on 2026-03-01, names one serial. */
async function unitWithRevoked(t: Test, env: Record<string, string> = {}) {
  const opened = await openTestUnit(t, env)
  const { unit } = opened
  const [user, name] = [parseUserName('ada'), parseFqdn('gw.example.org')]
  await createUser(unit, CALLER, { name: user })
  const { serial } = await createGateway(unit, CALLER, { name, user, key: { keyType: 'ec-p256' } })
  const { crlNumber } = (await deleteGateway(unit, CALLER, name, () => undefined)).value
  return { ...opened, serial, crlNumber, revision: unit.store.site.revision() }
}

t.test('a list is left alone until a tenth of its life is over', async (t) => {
  const { unit, clock, crlNumber, revision } = await unitWithRevoked(t)
  t.equal(await refreshCrl(unit), false)
  clock.set(new Date('2026-04-06T23:54:59Z'))
  t.equal(await refreshCrl(unit), false)
  t.match([unit.store.site.revision(), unit.publisher.crl()?.number], [revision, crlNumber])
})

t.test('then it is made anew, with the same serials, and the audit says that the service did', async (t) => {
  const { unit, clock, serial, crlNumber, revision } = await unitWithRevoked(t)
  clock.set(new Date('2026-04-06T23:55:00Z'))
  t.equal(await refreshCrl(unit), true)
  t.match(unit.publisher.readCrl(), {
    number: crlNumber + 1,
    serials: [serial],
    thisUpdate: new Date('2026-04-06T23:50:00Z'),
    nextUpdate: new Date('2027-04-06T23:50:00Z'),
  })
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, actor: 'vpnunit', action: 'crl.refresh', object: 'crl', requestId: '-' })
  t.same(row?.detail, { number: crlNumber + 1, forgotten: 0 })
  t.equal(await refreshCrl(unit), false)
})

t.test('a list of the future is made anew: the clock was wrong', async (t) => {
  const { unit, clock, crlNumber } = await unitWithRevoked(t)
  clock.set(new Date('2026-03-01T11:54:59Z'))
  t.equal(await refreshCrl(unit), true)
  t.match(unit.publisher.readCrl(), { number: crlNumber + 1, thisUpdate: new Date('2026-03-01T11:49:59Z') })
})

t.test('a serial leaves the list a month after its certificate has ended, and is forgotten then', async (t) => {
  const { unit, clock, serial } = await unitWithRevoked(t)
  const end = new Date('2028-06-03T12:00:00Z')
  clock.set(new Date(end.getTime() + 30 * 86_400_000 - 1000))
  await refreshCrl(unit)
  t.same(unit.publisher.readCrl()?.serials, [serial])
  clock.advanceDays(100)
  t.equal(await refreshCrl(unit), true)
  t.same(unit.publisher.readCrl()?.serials, [])
  clock.advanceDays(100)
  await refreshCrl(unit)
  t.equal(unit.store.certificates.find(serial), undefined)
  const details = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 2).map((row) => row.detail.forgotten)
  t.same(details.sort(), [0, 1])
})

t.test('a list that can’t be written yet is not asked for again: it is tried without end anyhow', async (t) => {
  const { unit, clock, crlNumber, close } = await unitWithRevoked(t)
  clock.advanceDays(40)
  rmSync(unit.layout.crl)
  mkdirSync(join(unit.layout.crl, 'in the way'), { recursive: true })
  await t.rejects(refreshCrl(unit), { code: 'publish-pending' })
  t.equal(unit.store.site.crlNumber(), crlNumber + 1)
  await refreshCrl(unit).catch(() => undefined)
  t.equal(unit.store.site.crlNumber(), crlNumber + 1, 'nor does the audit grow every minute')
  await close()
})

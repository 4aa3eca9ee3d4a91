import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { deleteGateway } from './delete-gateway.ts'
import { deleteUser } from './delete-user.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const any = () => undefined

async function unitWithAda(t: Test) {
  const opened = await openTestUnit(t)
  const { unit } = opened
  await createUser(unit, CALLER, { name: ADA })
  const gateway = (name: string) =>
    createGateway(unit, CALLER, { name: parseFqdn(name), user: ADA, key: { keyType: 'ec-p256' } })
  return { ...opened, gateway, revision: unit.store.site.revision() }
}

t.test('a user without gateways is removed, and the audit says so', async (t) => {
  const { unit, revision } = await unitWithAda(t)
  await deleteUser(unit, CALLER, ADA, any)
  t.equal(unit.store.users.find(ADA), undefined)
  const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
  t.match(row, { revision: revision + 1, ...CALLER, action: 'user.delete', object: 'ada', detail: { number: 2 } })
})

t.test('a user with gateways stays', async (t) => {
  const { unit, gateway } = await unitWithAda(t)
  await gateway('a.example.org')
  await gateway('b.example.org')
  const revision = unit.store.site.revision()
  const refusal = { code: 'user-has-gateways', message: '2 gateways', extras: { user: 'ada' } }
  await t.rejects(deleteUser(unit, CALLER, ADA, any), refusal)
  t.match(unit.store.users.find(ADA), { gateways: 2 })
  t.equal(unit.store.site.revision(), revision)
})

t.test('a user that is not there can’t be removed', async (t) => {
  const { unit, revision } = await unitWithAda(t)
  const name = parseUserName('eve')
  await t.rejects(deleteUser(unit, CALLER, name, any), { code: 'user-unknown', extras: { user: 'eve' } })
  t.equal(unit.store.site.revision(), revision)
})

t.test('a user whom the caller saw otherwise stays', async (t) => {
  const { unit } = await unitWithAda(t)
  const refuse = (user: { name: string }) => {
    throw new Problem('precondition-failed', user.name)
  }
  await t.rejects(deleteUser(unit, CALLER, ADA, refuse), { code: 'precondition-failed', message: 'ada' })
  t.match(unit.store.users.find(ADA), { number: 2 })
})

t.test('a slot rests for its day though its user was removed and made again', async (t) => {
  const { unit, clock, gateway } = await unitWithAda(t)
  await gateway('a.example.org')
  await deleteGateway(unit, CALLER, parseFqdn('a.example.org'), any)
  await deleteUser(unit, CALLER, ADA, any)
  await createUser(unit, CALLER, { name: ADA, number: 2 })
  t.match(await gateway('b.example.org'), { slot: 1 }, 'an old session may still hold slot 0')
  clock.advanceDays(1)
  t.match(await gateway('c.example.org'), { slot: 0 })
})

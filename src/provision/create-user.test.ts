import t, { type Test } from 'tap'
import { parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { createUser, createUsers } from './create-user.ts'
import { deleteUser } from './delete-user.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
/** A site prefix with the numbers 2 and 3 alone. */
const TINY = { VPNUNIT_PREFIX: '2001:470:c844:fc00::/54' }

const make = (unit: Unit, name: string, number?: number) =>
  createUser(unit, CALLER, { name: parseUserName(name), number })
const remove = (unit: Unit, name: string) => deleteUser(unit, CALLER, parseUserName(name), () => undefined)
const newest = (unit: Unit) => unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0]

async function open(t: Test, env: Record<string, string> = {}) {
  const opened = await openTestUnit(t, env)
  return { ...opened, revision: opened.unit.store.site.revision() }
}

t.test('users get the lowest free numbers, from 2 on', async (t) => {
  const { unit, revision } = await open(t)
  t.same(await make(unit, 'ada'), {
    name: 'ada',
    number: 2,
    disabled: false,
    createdAt: new Date('2026-03-01T12:00:00Z'),
    gateways: 0,
  })
  t.match(newest(unit), {
    revision: revision + 1,
    ...CALLER,
    action: 'user.create',
    object: 'ada',
    detail: { number: 2 },
  })
  t.match(await make(unit, 'bob', 4), { number: 4 })
  t.match(await make(unit, 'cyd'), { number: 3 })
  t.match(await make(unit, 'dan'), { number: 5 })
})

t.test('twenty that are asked for at once get twenty numbers', async (t) => {
  const { unit } = await open(t)
  const users = await Promise.all(Array.from({ length: 20 }, (_, n) => make(unit, `u${n}`)))
  t.same(
    users.map((user) => user.number),
    Array.from({ length: 20 }, (_, n) => n + 2),
  )
})

t.test('a name can be taken once', async (t) => {
  const { unit } = await open(t)
  await make(unit, 'ada')
  const revision = unit.store.site.revision()
  await t.rejects(make(unit, 'ada'), { code: 'user-exists', extras: { user: 'ada' } })
  t.equal(unit.store.site.revision(), revision, 'a refusal leaves no trace')
})

t.test('a number can be taken once, and the refusal says by whom', async (t) => {
  const { unit } = await open(t)
  await make(unit, 'ada', 7)
  await t.rejects(make(unit, 'bob', 7), {
    code: 'number-taken',
    message: "ada's",
    extras: { number: 7 },
  })
})

t.test('a number that is reserved or beyond the site prefix is refused, and the range is said', async (t) => {
  const { unit } = await open(t)
  for (const number of [-1, 0, 1, 256, 65_536]) {
    const refusal = { code: 'bad-request', message: 'must be 2 to 255 (02 to ff)', extras: { number } }
    await t.rejects(make(unit, 'ada', number), refusal)
  }
})

t.test('a number rests for 30 days after its user', async (t) => {
  const { unit, clock } = await open(t)
  await make(unit, 'ada')
  await remove(unit, 'ada')
  t.match(await make(unit, 'bob'), { number: 3 })
  clock.set(new Date('2026-03-31T11:59:59Z'))
  t.match(await make(unit, 'cyd'), { number: 4 })
  clock.set(new Date('2026-03-31T12:00:01Z'))
  t.match(await make(unit, 'dan'), { number: 2 })
})

t.test('a number that rests can be asked for', async (t) => {
  const { unit } = await open(t)
  await make(unit, 'ada')
  await remove(unit, 'ada')
  t.match(await make(unit, 'bob', 2), { number: 2 })
  t.match(await make(unit, 'cyd'), { number: 3 })
})

t.test('when every number has a user there is none for another', async (t) => {
  const { unit } = await open(t, TINY)
  await make(unit, 'ada')
  await make(unit, 'bob')
  await t.rejects(make(unit, 'cyd'), { code: 'users-full', message: 'All 2 numbers' })
  await t.rejects(make(unit, 'cyd', 4), { code: 'bad-request', message: '2 to 3 (2 to 3)' })
})

t.test('when there is no other, the number that rests longest is given out', async (t) => {
  const { unit, clock } = await open(t, TINY)
  await make(unit, 'ada')
  await make(unit, 'bob')
  await remove(unit, 'bob')
  clock.advanceDays(1)
  await remove(unit, 'ada')
  t.match(await make(unit, 'cyd'), { number: 3 })
  t.match(await make(unit, 'dan'), { number: 2 })
})

t.test('a number that rests from the time of a wider site prefix is not given out', async (t) => {
  const wide = await open(t)
  await make(wide.unit, 'ada', 200)
  await remove(wide.unit, 'ada')
  await wide.close()
  const { unit } = await openTestUnit(t, TINY, wide)
  await make(unit, 'bob')
  await make(unit, 'cyd')
  await t.rejects(make(unit, 'dan'), { code: 'users-full' })
})

t.test('a list of users is made whole, in its order', async (t) => {
  const { unit, revision } = await open(t)
  const wanted = [
    { name: parseUserName('ada') },
    { name: parseUserName('bob'), number: 9 },
    { name: parseUserName('cyd') },
  ]
  const users = await createUsers(unit, CALLER, wanted)
  t.match(users, [
    { name: 'ada', number: 2 },
    { name: 'bob', number: 9 },
    { name: 'cyd', number: 3 },
  ])
  t.equal(unit.store.site.revision(), revision + 3, 'a row of the audit each')
})

t.test('or not at all, and every item that is in the way is named', async (t) => {
  const { unit } = await open(t)
  await make(unit, 'ada')
  const revision = unit.store.site.revision()
  const wanted = ['bob', 'ada', 'cyd', 'bob'].map((name) => ({ name: parseUserName(name) }))
  await t.rejects(createUsers(unit, CALLER, wanted), {
    code: 'items-refused',
    extras: {
      errors: [
        { field: '/1', message: '"ada"' },
        { field: '/3', message: '"bob"' },
      ],
    },
  })
  t.equal(unit.store.site.revision(), revision)
  t.same(
    unit.store.users.list('', 9).map((user) => user.name),
    ['ada'],
  )
})

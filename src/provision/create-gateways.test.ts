import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateways } from './create-gateways.ts'
import { createUser } from './create-user.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const wanted = (name: string, slot?: number, user = ADA) => ({
  name: parseFqdn(`${name}.example.org`),
  user,
  slot,
  key: { keyType: 'ec-p256' } as const,
})

async function unitWithAda(t: Test) {
  const opened = await openTestUnit(t)
  await createUser(opened.unit, CALLER, { name: ADA })
  return { ...opened, revision: opened.unit.store.site.revision() }
}

t.test('a list of gateways is made whole, each in its slot, in the order of the list', async (t) => {
  const { unit, folder, revision } = await unitWithAda(t)
  const names = Array.from({ length: 14 }, (_, n) => `g${n}`)
  const { ino } = statSync(unit.layout.routes)
  const made = await createGateways(unit, CALLER, [wanted('z', 5), wanted('a'), ...names.map((name) => wanted(name))])
  t.same(
    made.map((gateway) => gateway.slot),
    [5, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  )
  t.equal(readdirSync(join(folder, 'ovpn/clients')).length, 16)
  t.equal(readFileSync(unit.layout.routes, 'utf8').split('\n').length - 1, 17)
  t.equal(statSync(unit.layout.routes).ino, ino, 'their routes were appended')
  t.equal(unit.store.site.revision(), revision + 16, 'a row of the audit each')
})

t.test('or not at all, before any key is made where that can be seen', async (t) => {
  const { unit, folder, revision } = await unitWithAda(t)
  const list = [wanted('a'), wanted('b', undefined, parseUserName('eve')), wanted('c')]
  const refusal = { code: 'items-refused', extras: { errors: [{ field: '/1', message: '"eve"' }] } }
  await t.rejects(createGateways(unit, CALLER, list), refusal)
  t.equal(unit.store.site.revision(), revision)
  t.equal(unit.store.gateways.total(), 0)
  t.same(readdirSync(join(folder, 'ovpn/clients')), [])
})

t.test('items that are in each other’s way are told by their place, and nothing is made', async (t) => {
  const { unit, revision } = await unitWithAda(t)
  const list = [wanted('a', 3), wanted('b', 3), wanted('a'), ...Array.from({ length: 16 }, (_, n) => wanted(`g${n}`))]
  await t.rejects(createGateways(unit, CALLER, list), {
    code: 'items-refused',
    extras: {
      errors: [
        { field: '/1', message: "Slot 3 of ada is a.example.org's" },
        { field: '/2', message: 'a gateway "a.example.org" already' },
        { field: '/18', message: '16 gateways already' },
      ],
    },
  })
  t.equal(unit.store.gateways.total(), 0)
  t.equal(unit.store.site.revision(), revision)
})

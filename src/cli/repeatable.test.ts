import t from 'tap'
import type { Call } from './command.ts'
import { Refusal } from './refusal.ts'
import { createOrKeep, differenceIn, removeOrMissing } from './repeatable.ts'

type Thing = { colour: string }

/** A call whose service holds one red thing already, or refuses for another reason. */
function callWith(switches: string[], code = 'thing-exists'): Call & { asked: string[] } {
  const asked: string[] = []
  const json = async (method: string, path: string) => {
    asked.push(`${method} ${path}`)
    if (method === 'GET') return { colour: 'red' }
    throw new Refusal({ type: `/problems/${code}`, detail: 'There it is.', errors: [] })
  }
  return { asked, switches: new Set(switches), api: { json } } as unknown as Call & { asked: string[] }
}

const wanted = (colour: string) => ({
  collection: '/things',
  path: '/things/a',
  body: {},
  differences: (present: Thing) => differenceIn('colour', present.colour, colour),
})

t.test('what is there already is refused, unless it may be there', async (t) => {
  await t.rejects(createOrKeep(callWith([]), wanted('red')), { message: 'There it is.' })
  const call = callWith(['if-missing'])
  t.same(await createOrKeep(call, wanted('red')), { colour: 'red' })
  t.same(call.asked, ['POST /things', 'GET /things/a'])
})

t.test('what is there and is another is refused all the same', async (t) => {
  const differs = { name: 'Refusal', message: 'There it is. It differs: its colour is red, not blue.' }
  await t.rejects(createOrKeep(callWith(['if-missing']), wanted('blue')), differs)
})

t.test('any other refusal stays one', async (t) => {
  await t.rejects(createOrKeep(callWith(['if-missing'], 'user-full'), wanted('red')), { code: 'user-full' })
  await t.rejects(removeOrMissing(callWith(['if-present'], 'user-has-gateways'), '/things/a'), { name: 'Refusal' })
})

t.test('what is not there can’t be removed, unless it may be missing', async (t) => {
  await t.rejects(removeOrMissing(callWith([], 'thing-unknown'), '/things/a'), { code: 'thing-unknown' })
  t.equal(await removeOrMissing(callWith(['if-present'], 'thing-unknown'), '/things/a'), undefined)
})

t.test('a difference is told where there is one, and where something was wanted', async (t) => {
  t.same(differenceIn('slot', 3, undefined), [])
  t.same(differenceIn('slot', 3, 3), [])
  t.same(differenceIn('slot', 3, 0), ['its slot is 3, not 0'])
  t.same(differenceIn('description', '', 'two words'), ['its description is "", not "two words"'])
})

import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openStore } from './store.ts'

const ADA = parseUserName('ada')
const at = new Date('2026-03-01T12:00:00.900Z')

/** A store with a user for each number, named u<number>. */
function storeWith(...numbers: number[]) {
  const store = openStore(':memory:')
  for (const number of numbers) store.users.insert({ number, name: parseUserName(`u${number}`), createdAt: at })
  return store
}

t.test('a user is found by its name, with the number of its gateways', async (t) => {
  const { users, gateways } = storeWith(3)
  users.insert({ number: 2, name: ADA, createdAt: at })
  for (const slot of [0, 1]) {
    gateways.insert({ name: parseFqdn(`g${slot}.example.org`), userNumber: 2, slot, createdAt: at })
  }
  t.same(users.find(ADA), {
    number: 2,
    name: 'ada',
    disabled: false,
    createdAt: new Date('2026-03-01T12:00:00Z'),
    gateways: 2,
  })
  t.match(users.find(parseUserName('u3')), { gateways: 0 })
  t.equal(users.find(parseUserName('eve')), undefined)
})

t.test('users are listed in the order of their names, page by page', async (t) => {
  const { users } = storeWith(4, 2, 3)
  const names = (after: string, limit: number) => users.list(after, limit).map((user) => user.name)
  t.same(names('', 10), ['u2', 'u3', 'u4'])
  t.same(names('', 2), ['u2', 'u3'])
  t.same(names('u3', 2), ['u4'])
  t.same(names('u35', 2), ['u4'], 'a name that is not there is a place all the same')
  t.same(names('u4', 2), [])
})

t.test('a user is disabled and enabled, and nobody else', async (t) => {
  const { users } = storeWith(2, 3)
  users.setDisabled(2, true)
  t.same(
    users.list('', 9).map((user) => user.disabled),
    [true, false],
  )
  users.setDisabled(2, false)
  t.match(users.find(parseUserName('u2')), { disabled: false })
})

t.test('who has a number is known until the user is removed', async (t) => {
  const { users } = storeWith(2, 3)
  t.equal(users.holder(2), 'u2')
  users.remove(2)
  t.equal(users.holder(2), undefined)
  t.equal(users.holder(3), 'u3')
})

t.test('the totals are the number of users and the highest number', async (t) => {
  t.same(storeWith().users.totals(), { users: 0, highest: null })
  t.same(storeWith(2, 200, 7).users.totals(), { users: 3, highest: 200 })
})

t.test('the lowest free number is neither a user’s nor resting', async (t) => {
  t.equal(storeWith().users.lowestFree(2), 2)
  t.equal(storeWith(3, 4).users.lowestFree(2), 2)
  t.equal(storeWith(2, 3, 5).users.lowestFree(2), 4)
  const { users } = storeWith(2, 4)
  users.rest(3, at)
  users.rest(5, at)
  t.equal(users.lowestFree(2), 6)
  users.wake(3)
  t.equal(users.lowestFree(2), 3)
})

t.test('the lowest free number is found in a crowd', async (t) => {
  const numbers = Array.from({ length: 2000 }, (_, n) => n + 2)
  t.equal(storeWith(...numbers).users.lowestFree(2), 2002)
})

t.test('numbers wake when they have rested since before a time', async (t) => {
  const { users } = storeWith()
  users.rest(2, new Date('2026-03-01T12:00:00Z'))
  users.rest(3, new Date('2026-03-01T12:00:01Z'))
  users.wakeRested(new Date('2026-03-01T12:00:00Z'))
  t.equal(users.lowestFree(2), 4)
  users.wakeRested(new Date('2026-03-01T12:00:01Z'))
  t.equal(users.lowestFree(2), 2)
  t.equal(users.longestAtRest(255), 3)
})

t.test('the longest at rest is the first to be given out again, of two the lower', async (t) => {
  const { users } = storeWith()
  t.equal(users.longestAtRest(255), undefined)
  users.rest(5, new Date('2026-03-02T00:00:00Z'))
  users.rest(9, new Date('2026-03-01T00:00:00Z'))
  users.rest(7, new Date('2026-03-01T00:00:00Z'))
  t.equal(users.longestAtRest(255), 7)
  users.rest(7, new Date('2026-03-03T00:00:00Z'))
  t.equal(users.longestAtRest(255), 9, 'a number that rests again rests from then on')
  t.equal(users.longestAtRest(8), 5, 'beyond the last there is none')
})

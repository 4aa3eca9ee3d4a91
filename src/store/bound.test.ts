import t from 'tap'
import { bound } from './bound.ts'
import { openDatabase } from './database.ts'
import { eq } from './drizzle.ts'
import { users } from './schema/gateways.ts'

t.test('a bound value finds what is equal to it, by the index', async (t) => {
  const { connection, database } = openDatabase(':memory:')
  t.teardown(() => connection.close())
  for (const number of [2, 3]) connection.prepare('insert into users values (?, ?, 0, 0)').run(number, `u${number}`)
  const query = database
    .select({ number: users.number })
    .from(users)
    .where(eq(users.name, bound('name')))
    .orderBy(users.number)
  t.same(query.prepare().all({ name: 'u3' }), [{ number: 3 }])
  t.same(query.prepare().all({ name: 3 }), [])
  const plan = connection.prepare<[string], { detail: string }>(`explain query plan ${query.toSQL().sql}`).all('u3')
  t.match(plan[0]?.detail, /SEARCH users USING .*one_user_per_name/)
})

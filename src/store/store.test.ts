import { join } from 'node:path'
import t from 'tap'
import { parseUserName } from '../domain/names.ts'
import { openStore } from './store.ts'

const ADA = parseUserName('ada')

t.test('what was answered is there when the database is opened again', async (t) => {
  const path = join(t.testdir({}), 'database.sqlite3')
  const store = openStore(path)
  await store.write(() => store.users.insert({ number: 2, name: ADA, createdAt: new Date() }))
  store.close()
  const again = openStore(path)
  t.teardown(() => again.close())
  t.match(again.users.find(ADA), { number: 2 })
})

t.test('a change that throws takes back what its queries did', async (t) => {
  const store = openStore(':memory:')
  const refusal = new Error('no')
  await t.rejects(
    store.write(() => {
      store.users.insert({ number: 2, name: ADA, createdAt: new Date() })
      throw refusal
    }),
    refusal,
  )
  t.equal(store.users.find(ADA), undefined)
})

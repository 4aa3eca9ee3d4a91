import t from 'tap'
import { openStore } from './store.ts'

const row = (revision: number) => ({
  revision,
  at: new Date('2026-03-01T12:00:00Z'),
  actor: 'administrator',
  action: 'user.create',
  object: `u${revision}`,
  detail: { number: revision, list: ['ä', null], deep: { is: true } },
  requestId: 'r-1',
})

t.test('what was written comes back whole, the newest first, page by page', async (t) => {
  const { audit } = openStore(':memory:')
  for (const revision of [1, 2, 3]) audit.insert(row(revision))
  t.same(audit.list(Number.MAX_SAFE_INTEGER, 10), [row(3), row(2), row(1)])
  t.same(audit.list(Number.MAX_SAFE_INTEGER, 2), [row(3), row(2)])
  t.same(audit.list(3, 1), [row(2)])
  t.same(audit.list(1, 10), [])
})

t.test('a revision has one row', async (t) => {
  const { audit } = openStore(':memory:')
  audit.insert(row(1))
  t.throws(() => audit.insert(row(1)), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
})

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { lookAtDatabase } from './look-at-database.ts'
import { codesOf, openInstallation } from './testing/installation.ts'

t.test('everything that must agree with the database is looked at, also while it is open', async (t) => {
  const { config, layout, clock } = await openInstallation(t)
  const look = lookAtDatabase({ config, layout, now: clock.now() })
  t.same(
    look.findings.map(({ level, code }) => `${level} ${code}`),
    ['ok database', 'ok ca-key', 'ok storage-key', 'ok fit', 'ok authority', 'ok server-certificate', 'ok crl'],
  )
  t.same(look.files, { differences: [], total: 10 })
})

t.test('without the storage key, what it opens is not compared', async (t) => {
  const { config, layout, clock } = await openInstallation(t)
  rmSync(layout.storageKey)
  writeFileSync(layout.serverKey, 'another')
  const look = lookAtDatabase({ config, layout, now: clock.now() })
  t.same(codesOf(look.findings), ['problem storage-key-missing'])
  t.same(look.files, { differences: [], total: 8 })
})

t.test('a database that can’t be read, or holds nothing yet, is compared with nothing', async (t) => {
  const { config, layout, clock } = await openInstallation(t)
  const lookIn = (database: string) => lookAtDatabase({ config, layout: { ...layout, database }, now: clock.now() })
  const folder = t.testdir({ text: 'no database'.repeat(100) })
  const damaged = lookIn(join(folder, 'text'))
  t.same(codesOf(damaged.findings), ['problem database-unreadable'])
  t.equal(damaged.files, undefined)
  new BetterSqlite3(join(folder, 'empty')).close()
  const empty = lookIn(join(folder, 'empty'))
  t.same(codesOf(empty.findings), ['note migration-pending', 'note not-founded'])
  t.equal(empty.files, undefined)
  t.throws(() => lookIn(join(folder, 'none')), { name: 'NoCopy' })
})

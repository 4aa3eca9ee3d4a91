import { join } from 'node:path'
import { HOME } from '../home.ts'
import { type DatabaseFacts, readDatabaseFacts } from './database-facts.ts'
import { type Finding, note, orFine, problem, reasonOf } from './finding.ts'

const MIGRATIONS = join(HOME, 'drizzle')

const RESTORE = 'stop the service and put back a backup; what is left can be saved with sqlite3’s .recover'

/** As many as tell what it is about. */
const SHOWN = 3

/** Whether the copy of a database is whole, and of a version that this program knows. */
export function checkDatabase(copy: string): Finding[] {
  let facts: DatabaseFacts
  try {
    facts = readDatabaseFacts(copy, MIGRATIONS)
  } catch (error) {
    return [problem('database-unreadable', `the database can't be read: ${reasonOf(error)}`, RESTORE)]
  }
  const right = 'the database is whole, and of this version'
  return orFine([...damages(facts), ...versions(facts)], 'database', right)
}

function damages({ damages, orphans }: DatabaseFacts): Finding[] {
  if (damages.length > 0) {
    const words = damages.join(', ').replaceAll(/\s+/g, ' ')
    return [problem('database-damaged', `the database is damaged: ${words}`, RESTORE)]
  }
  if (orphans.length === 0) return []
  const first = orphans.slice(0, SHOWN).map(({ table, row, parent }) => `${table} ${row} without its ${parent}`)
  const detail = `the database has ${orphans.length} rows that belong to none: ${first.join(', ')}`
  return [problem('database-damaged', detail, RESTORE)]
}

function versions({ isForeign, unknownMigrations, pendingMigrations }: DatabaseFacts): Finding[] {
  if (isForeign) {
    return [problem('database-foreign', 'the database is none of vpnunit’s', 'see whether VPNUNIT_DATA is right')]
  }
  if (unknownMigrations > 0) {
    const detail = `the database is of a newer version: ${unknownMigrations} of its changes are not known here`
    return [problem('database-newer', detail, 'run the version that served it last, or put back a backup from before')]
  }
  if (pendingMigrations === 0) return []
  const detail = `the database is of an older version, ${pendingMigrations} changes behind`
  return [note('migration-pending', detail, 'the next start makes them')]
}

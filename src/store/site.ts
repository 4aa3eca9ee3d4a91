import type { Default } from '../domain/policy/policy.ts'
import type { Database } from './database.ts'
import { sql } from './drizzle.ts'
import { site } from './schema/site.ts'

/** What the installation is. Its default policy is asked for on its own. */
export type SiteRow = Omit<typeof site.$inferSelect, 'defaultPolicy'>

export type SiteQueries = ReturnType<typeof prepareSite>

/** The queries of the table `site`. */
export function prepareSite(database: Database) {
  const find = database.select().from(site).prepare()
  const numbers = database
    .select({ revision: site.revision, crlNumber: site.crlNumber, defaultPolicy: site.defaultPolicy })
    .from(site)
    .prepare()
  const raiseRevision = database
    .update(site)
    .set({ revision: sql`${site.revision} + 1` })
    .returning({ revision: site.revision })
    .prepare()
  const raiseCrlNumber = database
    .update(site)
    .set({ crlNumber: sql`max(${site.crlNumber}, ${sql.placeholder('least')}) + 1` })
    .returning({ crlNumber: site.crlNumber })
    .prepare()

  const setDefaultPolicy = database
    .update(site)
    .set({ defaultPolicy: sql`${sql.placeholder('policy')}` })
    .prepare()

  const setPrefix = database
    .update(site)
    .set({ prefix: sql`${sql.placeholder('prefix')}` })
    .prepare()

  const touch = database
    .update(site)
    .set({ revision: sql`${site.revision}` })
    .prepare()

  return {
    find: (): SiteRow | undefined => find.get(),
    found: (row: Omit<SiteRow, 'id' | 'revision' | 'crlNumber'>): void => {
      database
        .insert(site)
        .values({ id: 1, revision: 0, crlNumber: 0, ...row })
        .run()
    },
    revision: (): number => numbers.get()?.revision ?? 0,
    /** What a gateway may do of which no rule says anything. */
    defaultPolicy: (): Default => numbers.get()?.defaultPolicy ?? 'open',
    setDefaultPolicy: (policy: Default): void => {
      setDefaultPolicy.run({ policy })
    },
    /** Notes where the gateways are. */
    setPrefix: (prefix: string): void => {
      setPrefix.run({ prefix })
    },
    crlNumber: (): number => numbers.get()?.crlNumber ?? 0,
    /** Writes the row as it is: whether the database can be written at all. */
    touch: (): void => {
      touch.run()
    },
    raiseRevision: (): number => raised(raiseRevision.get()?.revision),
    /** The next number for a revocation list, above `least` too: lists that clients hold must never be newer than ours. */
    raiseCrlNumber: (least = 0): number => raised(raiseCrlNumber.get({ least })?.crlNumber),
  }
}

function raised(number: number | undefined): number {
  if (number === undefined) throw new Error('the table site has no row: this is no database of vpnunit')
  return number
}

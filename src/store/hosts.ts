import type { HostReport } from '../domain/agent-feed.ts'
import type { Database } from './database.ts'
import { asc, eq, sql } from './drizzle.ts'
import { hosts } from './schema/sessions.ts'

export type HostRow = typeof hosts.$inferSelect

export type HostQueries = ReturnType<typeof prepareHosts>

/** The queries of the table `hosts`. */
export function prepareHosts(database: Database) {
  const name = sql.placeholder('name')
  const at = sql.placeholder('at')
  const isTheOne = eq(hosts.name, name)
  const find = database.select().from(hosts).where(isTheOne).prepare()
  const list = database.select().from(hosts).orderBy(asc(hosts.name)).prepare()
  const names = database.select({ name: hosts.name }).from(hosts).orderBy(asc(hosts.name)).prepare()
  const meet = database.insert(hosts).values({ name, firstSeenAt: at, reportedAt: at }).onConflictDoNothing().prepare()
  const report = database
    .insert(hosts)
    .values({ name, firstSeenAt: at, reportedAt: at, report: sql.placeholder('report') })
    .onConflictDoUpdate({
      target: hosts.name,
      set: { reportedAt: sql`excluded.reported_at`, report: sql`excluded.report` },
    })
    .prepare()
  const take = database
    .update(hosts)
    .set({ outbox: sql`${sql.placeholder('outbox')}`, nextEvent: sql`${sql.placeholder('nextEvent')}` })
    .where(isTheOne)
    .prepare()
  const remove = database.delete(hosts).where(isTheOne).prepare()

  return {
    find: (wanted: string): HostRow | undefined => find.get({ name: wanted }),
    list: (): HostRow[] => list.all(),
    names: (): string[] => names.all().map((row) => row.name),
    /** Makes a row for a host that is heard of for the first time. */
    meet: (host: string, now: Date): void => {
      meet.run({ name: host, at: now })
    },
    report: (host: string, now: Date, what: HostReport): void => {
      report.run({ name: host, at: now, report: what })
    },
    /** Notes how far the events of an outbox were taken. */
    take: (host: string, outbox: string, nextEvent: number): void => {
      take.run({ name: host, outbox, nextEvent })
    },
    /** Whether it was there. */
    remove: (host: string): boolean => remove.run({ name: host }).changes === 1,
  }
}

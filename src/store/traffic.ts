import type { Fqdn } from '../domain/names.ts'
import type { Database } from './database.ts'
import { and, asc, eq, gte, lt, lte, sql } from './drizzle.ts'
import { traffic } from './schema/sessions.ts'

export type TrafficRow = { day: string; bytesIn: number; bytesOut: number }

export type TrafficQueries = ReturnType<typeof prepareTraffic>

/** The queries of the table `traffic`. Days are 2026-03-01, in UTC. */
export function prepareTraffic(database: Database) {
  const gateway = sql.placeholder('gateway')
  const add = database
    .insert(traffic)
    .values({
      gateway,
      day: sql.placeholder('day'),
      bytesIn: sql.placeholder('bytesIn'),
      bytesOut: sql.placeholder('bytesOut'),
    })
    .onConflictDoUpdate({
      target: [traffic.gateway, traffic.day],
      set: {
        bytesIn: sql`${traffic.bytesIn} + excluded.bytes_in`,
        bytesOut: sql`${traffic.bytesOut} + excluded.bytes_out`,
      },
    })
    .prepare()
  const list = database
    .select({ day: traffic.day, bytesIn: traffic.bytesIn, bytesOut: traffic.bytesOut })
    .from(traffic)
    .where(
      and(
        eq(traffic.gateway, gateway),
        gte(traffic.day, sql.placeholder('from')),
        lte(traffic.day, sql.placeholder('to')),
      ),
    )
    .orderBy(asc(traffic.day))
    .prepare()
  const forget = database
    .delete(traffic)
    .where(lt(traffic.day, sql.placeholder('before')))
    .prepare()

  return {
    /** Adds to what a gateway sent (`bytesIn`) and received on a day. */
    add: (name: Fqdn, day: string, bytes: { bytesIn: number; bytesOut: number }): void => {
      add.run({ gateway: name, day, ...bytes })
    },
    /** By day, from one to another, both included. */
    list: (name: Fqdn, from: string, to: string): TrafficRow[] => list.all({ gateway: name, from, to }),
    forget: (before: string): number => forget.run({ before }).changes,
  }
}

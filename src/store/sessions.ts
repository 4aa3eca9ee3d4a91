import type { SessionKey } from '../domain/agent-feed.ts'
import type { Fqdn, UserName } from '../domain/names.ts'
import { bound } from './bound.ts'
import type { Database } from './database.ts'
import { and, asc, count, desc, eq, isNotNull, isNull, lt, sql } from './drizzle.ts'
import { sessions } from './schema/sessions.ts'
import { toSeconds } from './seconds.ts'

export type SessionRow = typeof sessions.$inferSelect

/** A session as a host names it. */
export type HostSessionKey = SessionKey & { host: string }

export type NewSession = HostSessionKey & {
  gateway: Fqdn
  user: UserName
  number: number
  slot: number
  serial: string | null
  realAddress: string
  startedAt: Date
}

export type SessionQueries = ReturnType<typeof prepareSessions>

/** The queries of the table `sessions`. */
export function prepareSessions(database: Database) {
  return { ...prepareReading(database), ...prepareWriting(database) }
}

const isLive = isNull(sessions.endedAt)

const isTheOne = and(
  eq(sessions.host, sql.placeholder('host')),
  eq(sessions.instance, sql.placeholder('instance')),
  eq(sessions.generation, sql.placeholder('generation')),
  eq(sessions.cid, sql.placeholder('cid')),
)

function prepareReading(database: Database) {
  const gateway = sql.placeholder('gateway')
  const find = database.select().from(sessions).where(isTheOne).prepare()
  const live = database
    .select()
    .from(sessions)
    .where(isLive)
    .orderBy(asc(sessions.gateway), desc(sessions.id))
    .prepare()
  const liveOf = database
    .select()
    .from(sessions)
    .where(and(isLive, eq(sessions.gateway, bound('gateway'))))
    .orderBy(desc(sessions.id))
    .prepare()
  // By the index, however many there were.
  const lastEnd = database
    .select({ endedAt: sessions.endedAt })
    .from(sessions)
    .where(and(eq(sessions.gateway, bound('gateway')), isNotNull(sessions.endedAt)))
    .orderBy(desc(sessions.startedAt), desc(sessions.endedAt))
    .limit(1)
    .prepare()
  const before = lt(sessions.id, sql.placeholder('before'))
  const history = database
    .select()
    .from(sessions)
    .where(before)
    .orderBy(desc(sessions.id))
    .limit(sql.placeholder('limit'))
    .prepare()
  const historyOf = database
    .select()
    .from(sessions)
    .where(and(before, eq(sessions.gateway, gateway)))
    .orderBy(desc(sessions.id))
    .limit(sql.placeholder('limit'))
    .prepare()
  const liveTotals = database
    .select({ host: sessions.host, sessions: count() })
    .from(sessions)
    .where(isLive)
    .groupBy(sessions.host)
    .prepare()

  return {
    find: (key: HostSessionKey): SessionRow | undefined => find.get({ ...key }),
    /** Every live one, by the names of their gateways. */
    listLive: (): SessionRow[] => live.all(),
    /** The live ones of a gateway, the newest first. */
    liveOf: (name: Fqdn): SessionRow[] => liveOf.all({ gateway: name }),
    /** When the last session of a gateway ended, if one did. */
    lastEnd: (name: Fqdn): Date | undefined => lastEnd.get({ gateway: name })?.endedAt ?? undefined,
    /** The newest first, of ids below `before`; of one gateway where it is named. */
    history: (before: number, limit: number, name?: Fqdn): SessionRow[] =>
      name === undefined ? history.all({ before, limit }) : historyOf.all({ before, limit, gateway: name }),
    /** How many are live on each host. */
    liveByHost: (): { host: string; sessions: number }[] => liveTotals.all(),
  }
}

function prepareWriting(database: Database) {
  const insert = database
    .insert(sessions)
    .values({
      host: sql.placeholder('host'),
      instance: sql.placeholder('instance'),
      generation: sql.placeholder('generation'),
      cid: sql.placeholder('cid'),
      gateway: sql.placeholder('gateway'),
      user: sql.placeholder('user'),
      number: sql.placeholder('number'),
      slot: sql.placeholder('slot'),
      serial: sql.placeholder('serial'),
      realAddress: sql.placeholder('realAddress'),
      startedAt: sql.placeholder('startedAt'),
    })
    .onConflictDoNothing()
    .prepare()
  const end = database
    .update(sessions)
    .set({ endedAt: sql`${sql.placeholder('at')}`, endReason: sql`${sql.placeholder('reason')}` })
    .where(and(isTheOne, isLive))
    .prepare()
  const count = database
    .update(sessions)
    .set({ bytesIn: sql`${sql.placeholder('bytesIn')}`, bytesOut: sql`${sql.placeholder('bytesOut')}` })
    .where(isTheOne)
    .prepare()
  const endOthers = database
    .update(sessions)
    .set({ endedAt: sql`${sql.placeholder('at')}`, endReason: sql`${sql.placeholder('reason')}` })
    .where(
      and(
        isLive,
        eq(sessions.host, sql.placeholder('host')),
        eq(sessions.instance, sql.placeholder('instance')),
        sql`not (${sessions.generation} = ${sql.placeholder('generation')}
          and ${sessions.cid} in (select value from json_each(${sql.placeholder('cids')})))`,
      ),
    )
    .returning()
    .prepare()
  const endOfHost = database
    .update(sessions)
    .set({ endedAt: sql`${sql.placeholder('at')}`, endReason: sql`${sql.placeholder('reason')}` })
    .where(and(isLive, eq(sessions.host, sql.placeholder('host'))))
    .returning()
    .prepare()
  const forget = database
    .delete(sessions)
    .where(and(isNotNull(sessions.endedAt), lt(sessions.endedAt, sql`${sql.placeholder('before')}`)))
    .prepare()

  return {
    /** Whether it was not there before. */
    insert: (session: NewSession): boolean => insert.run({ ...session }).changes === 1,
    /** Whether it was this call that ended it. */
    end: (key: HostSessionKey, at: Date, reason: string): boolean =>
      end.run({ ...key, at: toSeconds(at), reason }).changes === 1,
    setBytes: (key: HostSessionKey, bytes: { bytesIn: number; bytesOut: number }): void => {
      count.run({ ...key, ...bytes })
    },
    /** Ends the live sessions of an instance, but for these of this generation, and returns what they were. */
    endOthers: (
      place: { host: string; instance: number; generation: string; cids: readonly number[] },
      at: Date,
      reason: string,
    ): SessionRow[] => endOthers.all({ ...place, cids: JSON.stringify(place.cids), at: toSeconds(at), reason }),
    /** Ends the live sessions of a host and returns what they were. */
    endOfHost: (host: string, at: Date, reason: string): SessionRow[] =>
      endOfHost.all({ host, at: toSeconds(at), reason }),
    /** Forgets those that ended before `before`. */
    forget: (before: Date): number => forget.run({ before: toSeconds(before) }).changes,
  }
}

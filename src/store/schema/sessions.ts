import type { HostReport } from '../../domain/agent-feed.ts'
import type { Fqdn, UserName } from '../../domain/names.ts'
import { index, integer, primaryKey, sql, sqliteTable, text, uniqueIndex } from '../drizzle.ts'
import { time } from './time.ts'

/** The machines that run OpenVPN, as their agents last reported. */
export const hosts = sqliteTable('hosts', {
  name: text('name').primaryKey(),
  firstSeenAt: time('first_seen_at').notNull(),
  reportedAt: time('reported_at').notNull(),
  report: text('report', { mode: 'json' }).$type<HostReport | null>(),
  /** How far the events of its outbox were taken: what is sent again counts once. */
  outbox: text('outbox').notNull().default(''),
  nextEvent: integer('next_event').notNull().default(0),
})

/**
 * Connections, those that live and those that were. Names and places are copied: the history must not change when a
 * gateway is removed and its name given out again.
 */
export const sessions = sqliteTable(
  'sessions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    host: text('host').notNull(),
    instance: integer('instance').notNull(),
    generation: text('generation').notNull(),
    cid: integer('cid').notNull(),
    gateway: text('gateway').$type<Fqdn>().notNull(),
    user: text('user').$type<UserName>().notNull(),
    number: integer('number').notNull(),
    slot: integer('slot').notNull(),
    serial: text('serial'),
    realAddress: text('real_address').notNull(),
    startedAt: time('started_at').notNull(),
    endedAt: time('ended_at'),
    bytesIn: integer('bytes_in').notNull().default(0),
    bytesOut: integer('bytes_out').notNull().default(0),
    endReason: text('end_reason'),
  },
  (row) => [
    uniqueIndex('one_session_per_client_id').on(row.host, row.instance, row.generation, row.cid),
    index('live_sessions').on(row.gateway).where(sql`ended_at is null`),
    index('sessions_of_gateway').on(row.gateway, row.startedAt),
    index('sessions_by_end').on(row.endedAt),
  ],
)

/** What a gateway sent and received on a day, in UTC. */
export const traffic = sqliteTable(
  'traffic',
  {
    gateway: text('gateway').$type<Fqdn>().notNull(),
    /** 2026-03-01 */
    day: text('day').notNull(),
    bytesIn: integer('bytes_in').notNull(),
    bytesOut: integer('bytes_out').notNull(),
  },
  (row) => [primaryKey({ columns: [row.gateway, row.day] }), index('traffic_by_day').on(row.day)],
)

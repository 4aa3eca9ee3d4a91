import type { HostReport } from '../domain/agent-feed.ts'
import type { RevocationReason } from '../domain/certificate.ts'
import type { KeyType } from '../domain/key-type.ts'
import type { Fqdn, GroupName, TokenName, UserName } from '../domain/names.ts'
import type { Peer } from '../domain/policy/peer.ts'
import type { Default } from '../domain/policy/policy.ts'
import type { Action, Direction, Protocol, Rule } from '../domain/policy/rule.ts'
import type { Scope } from '../domain/scope.ts'
import { blob, check, index, integer, primaryKey, sql, sqliteTable, text, uniqueIndex } from './drizzle.ts'

/** Times are kept in whole seconds, as X.509 has them. */
const time = (name: string) => integer(name, { mode: 'timestamp' })

/** A user is its number: the number stands in every address it owns. The name may change hands, the number rests first. */
export const users = sqliteTable(
  'users',
  {
    number: integer('number').primaryKey(),
    name: text('name').$type<UserName>().notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull().default(false),
    createdAt: time('created_at').notNull(),
  },
  (row) => [uniqueIndex('one_user_per_name').on(row.name), check('reserved_numbers', sql`${row.number} >= 2`)],
)

/** A gateway is its id: name and slot are used again after a removal, and nothing that is trusted goes by them. */
export const gateways = sqliteTable(
  'gateways',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').$type<Fqdn>().notNull(),
    userNumber: integer('user_number')
      .notNull()
      .references(() => users.number),
    slot: integer('slot').notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull().default(false),
    createdAt: time('created_at').notNull(),
  },
  (row) => [
    uniqueIndex('one_gateway_per_name').on(row.name),
    // The address plan: a place belongs to one gateway at a time.
    uniqueIndex('one_gateway_per_slot').on(row.userNumber, row.slot),
    check('sixteen_slots', sql`${row.slot} between 0 and 15`),
  ],
)

/**
 * Every certificate issued, the server's too. A row outlives its gateway: a serial stays revoked until it has expired,
 * whatever happens to the name.
 */
export const certificates = sqliteTable(
  'certificates',
  {
    serial: text('serial').primaryKey(),
    kind: text('kind', { enum: ['gateway', 'server'] }).notNull(),
    gatewayId: integer('gateway_id').references(() => gateways.id, { onDelete: 'set null' }),
    name: text('name').notNull(),
    keyType: text('key_type').$type<KeyType>().notNull(),
    notBefore: time('not_before').notNull(),
    notAfter: time('not_after').notNull(),
    der: blob('der', { mode: 'buffer' }).notNull(),
    /** The private key, sealed; absent when the gateway made it and sent a request. */
    sealedKey: blob('sealed_key', { mode: 'buffer' }),
    sealedTlsCryptKey: blob('sealed_tls_crypt_key', { mode: 'buffer' }),
    issuedAt: time('issued_at').notNull(),
    supersededAt: time('superseded_at'),
    /** Whether it is revoked as soon as a newer one of the same gateway is used. */
    retireOnUse: integer('retire_on_use', { mode: 'boolean' }).notNull().default(false),
    revokedAt: time('revoked_at'),
    revocationReason: text('revocation_reason').$type<RevocationReason>(),
  },
  (row) => [
    // A renewal supersedes the one before in the same transaction; of a gateway's certificates one is current.
    uniqueIndex('one_current_certificate_per_gateway').on(row.gatewayId).where(sql`superseded_at is null`),
    index('certificates_of_gateway').on(row.gatewayId),
    index('revoked_certificates').on(row.revokedAt).where(sql`revoked_at is not null`),
    index('certificates_by_end').on(row.notAfter),
    // Counts by status, and the few of the server, without reading the encodings that stand in every row.
    index('certificates_by_standing').on(row.kind, row.supersededAt, row.revokedAt, row.notAfter),
  ],
)

/**
 * Serials that a revocation list of ours names and no certificate here has: a database restored from an older backup
 * must not let them in again.
 */
export const revokedStrangers = sqliteTable('revoked_strangers', {
  serial: text('serial').primaryKey(),
  revokedAt: time('revoked_at').notNull(),
})

/** Numbers of removed users, not given out by themselves for a while: old sessions may still hold their addresses. */
export const restingNumbers = sqliteTable('resting_numbers', {
  number: integer('number').primaryKey(),
  since: time('since').notNull(),
})

/** Slots of removed gateways, likewise. */
export const restingSlots = sqliteTable(
  'resting_slots',
  {
    userNumber: integer('user_number').notNull(),
    slot: integer('slot').notNull(),
    since: time('since').notNull(),
  },
  (row) => [primaryKey({ columns: [row.userNumber, row.slot] })],
)

/** Who may call, beside the administrator of the installation. The text itself was shown once and is nowhere. */
export const tokens = sqliteTable('tokens', {
  name: text('name').$type<TokenName>().primaryKey(),
  scope: text('scope').$type<Scope>().notNull(),
  /** SHA-256 of the text, whose 256 random bits need no slower hash. */
  digest: blob('digest', { mode: 'buffer' }).notNull().unique(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at'),
  lastUsedAt: time('last_used_at'),
})

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

/** Those that rules are made for. */
export const groups = sqliteTable('groups', {
  name: text('name').$type<GroupName>().primaryKey(),
  description: text('description').notNull().default(''),
  createdAt: time('created_at').notNull(),
})

/** A user, with whatever gateways it has, or a gateway. Whoever goes is in no group any more. */
export const groupMembers = sqliteTable(
  'group_members',
  {
    group: text('group_name')
      .$type<GroupName>()
      .notNull()
      .references(() => groups.name, { onDelete: 'cascade' }),
    userNumber: integer('user_number').references(() => users.number, { onDelete: 'cascade' }),
    gatewayId: integer('gateway_id').references(() => gateways.id, { onDelete: 'cascade' }),
  },
  (row) => [
    uniqueIndex('one_membership_per_user').on(row.group, row.userNumber),
    uniqueIndex('one_membership_per_gateway').on(row.group, row.gatewayId),
    index('groups_of_user').on(row.userNumber),
    index('groups_of_gateway').on(row.gatewayId),
    check('a_user_or_a_gateway', sql`(${row.userNumber} is null) <> (${row.gatewayId} is null)`),
  ],
)

/**
 * The rules of a group in their order. Whom a rule names it refers to, so that none can be left that names nobody:
 * a removal takes such rules along, or is refused.
 */
export const groupRules = sqliteTable(
  'group_rules',
  {
    group: text('group_name')
      .$type<GroupName>()
      .notNull()
      .references(() => groups.name, { onDelete: 'cascade' }),
    /** From 1. */
    position: integer('position').notNull(),
    action: text('action').$type<Action>().notNull(),
    direction: text('direction').$type<Direction>().notNull(),
    peerKind: text('peer_kind').$type<Peer['kind']>().notNull(),
    peerPrefix: text('peer_prefix'),
    peerGateway: integer('peer_gateway').references(() => gateways.id),
    peerUser: integer('peer_user').references(() => users.number),
    peerGroup: text('peer_group')
      .$type<GroupName>()
      .references(() => groups.name),
    protocol: text('protocol').$type<Protocol>().notNull(),
    ports: text('ports', { mode: 'json' }).$type<Rule['ports']>().notNull(),
    network: integer('network'),
  },
  (row) => [
    primaryKey({ columns: [row.group, row.position] }),
    index('rules_naming_gateway').on(row.peerGateway).where(sql`peer_gateway is not null`),
    index('rules_naming_user').on(row.peerUser).where(sql`peer_user is not null`),
    index('rules_naming_group').on(row.peerGroup).where(sql`peer_group is not null`),
  ],
)

/** What the policy must always do, in its own words. */
export const policyTests = sqliteTable('policy_tests', {
  name: text('name').primaryKey(),
  position: integer('position').notNull(),
  from: text('from_peer').notNull(),
  to: text('to_peer').notNull(),
  protocol: text('protocol').$type<Exclude<Protocol, 'any'>>().notNull(),
  port: integer('port'),
  expect: text('expect').$type<Action>().notNull(),
})

/** Who changed what: one row for each revision, written in the transaction of the change. */
export const audit = sqliteTable('audit', {
  revision: integer('revision').primaryKey(),
  at: time('at').notNull(),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  object: text('object').notNull(),
  detail: text('detail', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  requestId: text('request_id').notNull(),
})

/** The one row that says what this installation is. */
export const site = sqliteTable(
  'site',
  {
    id: integer('id').primaryKey(),
    revision: integer('revision').notNull(),
    crlNumber: integer('crl_number').notNull(),
    /** What clients verify; kept from the first start on, so that another REMOTE locks nobody out. */
    serverName: text('server_name').notNull(),
    authorityCertificate: blob('authority_certificate', { mode: 'buffer' }).notNull(),
    sealedTlsCryptKey: blob('sealed_tls_crypt_key', { mode: 'buffer' }).notNull(),
    createdAt: time('created_at').notNull(),
    /** What a gateway may do of which no rule says anything. */
    defaultPolicy: text('default_policy').$type<Default>().notNull().default('open'),
    /** Where its gateways are, so that a setting that is lost renumbers nobody; null until a start has noted it. */
    prefix: text('prefix'),
  },
  (row) => [check('one_site', sql`${row.id} = 1`)],
)

import type { TokenName } from '../../domain/names.ts'
import type { Default } from '../../domain/policy/policy.ts'
import type { Scope } from '../../domain/scope.ts'
import { blob, check, integer, sql, sqliteTable, text } from '../drizzle.ts'
import { time } from './time.ts'

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

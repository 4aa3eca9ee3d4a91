import type { RevocationReason } from '../../domain/certificate.ts'
import type { KeyType } from '../../domain/key-type.ts'
import { blob, index, integer, sql, sqliteTable, text, uniqueIndex } from '../drizzle.ts'
import { gateways } from './gateways.ts'
import { time } from './time.ts'

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

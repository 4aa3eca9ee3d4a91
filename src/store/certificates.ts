import type { RevocationReason } from '../domain/certificate.ts'
import type { KeyType } from '../domain/key-type.ts'
import { bound } from './bound.ts'
import type { Database } from './database.ts'
import { and, asc, count, desc, eq, gt, isNotNull, isNull, lt, sql } from './drizzle.ts'
import { certificates, revokedStrangers } from './schema/certificates.ts'
import { toSeconds } from './seconds.ts'

export type CertificateRow = typeof certificates.$inferSelect

/** What a list of certificates needs: all but the encodings and the sealed keys. */
export type CertificateSummary = {
  serial: string
  keyType: KeyType
  notBefore: Date
  notAfter: Date
  issuedAt: Date
  supersededAt: Date | null
  retireOnUse: boolean
  revokedAt: Date | null
  revocationReason: RevocationReason | null
}

export type NewCertificate = Pick<
  CertificateRow,
  'serial' | 'kind' | 'gatewayId' | 'name' | 'keyType' | 'notBefore' | 'notAfter' | 'der' | 'sealedKey' | 'issuedAt'
> & { sealedTlsCryptKey: Buffer | null }

export type RevokedSerial = { serial: string; revokedAt: Date; reason: RevocationReason }

export type CertificateQueries = ReturnType<typeof prepareCertificates>

const summary = {
  serial: certificates.serial,
  keyType: certificates.keyType,
  notBefore: certificates.notBefore,
  notAfter: certificates.notAfter,
  issuedAt: certificates.issuedAt,
  supersededAt: certificates.supersededAt,
  retireOnUse: certificates.retireOnUse,
  revokedAt: certificates.revokedAt,
  revocationReason: certificates.revocationReason,
}

/** The queries of the table `certificates`. */
export function prepareCertificates(database: Database) {
  const gatewayId = sql.placeholder('gatewayId')
  const insert = database
    .insert(certificates)
    .values({
      serial: sql.placeholder('serial'),
      kind: sql.placeholder('kind'),
      gatewayId,
      name: sql.placeholder('name'),
      keyType: sql.placeholder('keyType'),
      notBefore: sql.placeholder('notBefore'),
      notAfter: sql.placeholder('notAfter'),
      der: sql.placeholder('der'),
      sealedKey: sql.placeholder('sealedKey'),
      sealedTlsCryptKey: sql.placeholder('sealedTlsCryptKey'),
      issuedAt: sql.placeholder('issuedAt'),
    })
    .prepare()
  const find = database
    .select()
    .from(certificates)
    .where(eq(certificates.serial, sql.placeholder('serial')))
    .prepare()
  const ofGateway = database
    .select(summary)
    .from(certificates)
    .where(eq(certificates.gatewayId, bound('gatewayId')))
    .orderBy(desc(certificates.issuedAt), asc(sql`superseded_at is not null`))
    .prepare()

  return {
    insert: (certificate: NewCertificate): void => {
      insert.run(certificate)
    },
    find: (serial: string): CertificateRow | undefined => find.get({ serial }),
    /** The newest first. */
    listOfGateway: (id: number): CertificateSummary[] => ofGateway.all({ gatewayId: id }),
    ...prepareServer(database),
    ...prepareEnds(database),
  }
}

function prepareServer(database: Database) {
  const isServer = eq(certificates.kind, 'server')
  const current = database
    .select()
    .from(certificates)
    .where(and(isServer, isNull(certificates.supersededAt)))
    .prepare()
  const former = database
    .select(summary)
    .from(certificates)
    .where(and(isServer, isNotNull(certificates.supersededAt), gt(certificates.notAfter, sql.placeholder('now'))))
    .prepare()
  return {
    findServer: (): CertificateRow | undefined => current.get(),
    /** The server certificates that were replaced and have not ended: OpenVPN may still be using one. */
    listFormerServers: (now: Date): CertificateSummary[] => former.all({ now: toSeconds(now) }),
  }
}

/** How certificates cease to be good. */
function prepareEnds(database: Database) {
  const serial = sql.placeholder('serial')
  const supersede = database
    .update(certificates)
    .set({ supersededAt: sql`${sql.placeholder('at')}` })
    .where(eq(certificates.serial, serial))
    .prepare()
  const retire = database
    .update(certificates)
    .set({ retireOnUse: true })
    .where(and(eq(certificates.gatewayId, sql.placeholder('gatewayId')), isNull(certificates.revokedAt)))
    .prepare()
  const revoke = database
    .update(certificates)
    .set({ revokedAt: sql`${sql.placeholder('at')}`, revocationReason: sql`${sql.placeholder('reason')}` })
    .where(and(eq(certificates.serial, serial), isNull(certificates.revokedAt)))
    .prepare()
  // The plus keeps SQLite off the index by end, which has every certificate, where few are revoked.
  const revoked = database
    .select({
      serial: certificates.serial,
      revokedAt: certificates.revokedAt,
      reason: certificates.revocationReason,
    })
    .from(certificates)
    .where(and(isNotNull(certificates.revokedAt), sql`+${certificates.notAfter} > ${sql.placeholder('endedAfter')}`))
    .prepare()
  const strangers = database.select().from(revokedStrangers).prepare()
  const addStranger = database
    .insert(revokedStrangers)
    .values({ serial: sql.placeholder('serial'), revokedAt: sql.placeholder('at') })
    .onConflictDoNothing()
    .prepare()
  const ended = database
    .select({ serial: certificates.serial })
    .from(certificates)
    .where(
      and(
        isNull(certificates.gatewayId),
        eq(certificates.kind, 'gateway'),
        lt(certificates.notAfter, sql.placeholder('before')),
      ),
    )
    .prepare()
  const forget = database.delete(certificates).where(eq(certificates.serial, serial)).prepare()
  const totals = database
    .select({
      valid: count(
        sql`case when ${certificates.revokedAt} is null and ${certificates.notAfter} > ${sql.placeholder('now')} then 1 end`,
      ),
      revoked: count(certificates.revokedAt),
    })
    .from(certificates)
    .prepare()

  return {
    supersede: (wanted: string, at: Date): void => {
      supersede.run({ serial: wanted, at: toSeconds(at) })
    },
    /** Has the certificates a gateway has now revoked when another one is used. */
    retireOfGateway: (id: number): void => {
      retire.run({ gatewayId: id })
    },
    /** Whether it was this call that revoked it. */
    revoke: (wanted: string, at: Date, reason: RevocationReason): boolean =>
      revoke.run({ serial: wanted, at: toSeconds(at), reason }).changes === 1,
    /** The serials a revocation list must name: every revoked one, but for those that ended before `endedAfter`. */
    listRevoked: (endedAfter: Date): RevokedSerial[] => [
      ...(revoked.all({ endedAfter: toSeconds(endedAfter) }) as RevokedSerial[]),
      ...strangers.all().map((stranger) => ({ ...stranger, reason: 'cessationOfOperation' as const })),
    ],
    /** Keeps a serial revoked of which no certificate is known. */
    revokeStranger: (wanted: string, at: Date): void => {
      addStranger.run({ serial: wanted, at })
    },
    /** The certificates of gateways that are gone, that ended before `before`. */
    listEnded: (before: Date): string[] => ended.all({ before: toSeconds(before) }).map((row) => row.serial),
    forget: (wanted: string): void => {
      forget.run({ serial: wanted })
    },
    totals: (now: Date): { valid: number; revoked: number } =>
      totals.get({ now: toSeconds(now) }) ?? { valid: 0, revoked: 0 },
  }
}

import type { CertificateStatus } from '../domain/certificate.ts'
import type { Database } from './database.ts'
import { and, asc, count, eq, isNull, lte, sql } from './drizzle.ts'
import { certificates } from './schema/certificates.ts'
import { gateways, users } from './schema/gateways.ts'
import { toSeconds } from './seconds.ts'

/** How the current certificates of those gateways end that are let in. */
export type Ends = {
  soonest: Date | undefined
  /** How many have ended already: their gateways are locked out. */
  ended: number
  /** How many of the others end within so many days; each number holds those before it. */
  ending: { 1: number; 7: number; 14: number; 30: number }
}

export type FigureQueries = ReturnType<typeof prepareFigures>

/** Counts over the tables, for whoever watches the service. */
export function prepareFigures(database: Database) {
  const isDisabled = sql`(${gateways.disabled} or ${users.disabled})`
  const gatewayTotals = database
    .select({
      enabled: count(sql`case when not ${isDisabled} then 1 end`),
      disabled: count(sql`case when ${isDisabled} then 1 end`),
    })
    .from(gateways)
    .innerJoin(users, eq(users.number, gateways.userNumber))
    .prepare()

  return {
    /** As the files have it: a gateway is disabled by itself or with its user. */
    gateways: (): { enabled: number; disabled: number } => gatewayTotals.get() ?? { enabled: 0, disabled: 0 },
    certificates: prepareStatuses(database),
    ends: prepareEnds(database),
  }
}

/** How many certificates there are of each status; the same cases as `statusOf` in domain/, held together by a test. */
function prepareStatuses(database: Database) {
  const { revokedAt, supersededAt, notAfter } = certificates
  const isGood = sql`${revokedAt} is null and ${notAfter} > ${sql.placeholder('now')}`
  const totals = database
    .select({
      valid: count(sql`case when ${isGood} and ${supersededAt} is null then 1 end`),
      superseded: count(sql`case when ${isGood} and ${supersededAt} is not null then 1 end`),
      expired: count(sql`case when ${revokedAt} is null and ${notAfter} <= ${sql.placeholder('now')} then 1 end`),
      revoked: count(revokedAt),
    })
    .from(certificates)
    .prepare()
  return (now: Date): Record<CertificateStatus, number> =>
    totals.get({ now: toSeconds(now) }) ?? { valid: 0, superseded: 0, expired: 0, revoked: 0 }
}

/** A current certificate of a gateway that is let in while it has not ended. */
const isLetIn = and(
  eq(certificates.kind, 'gateway'),
  isNull(certificates.supersededAt),
  isNull(certificates.revokedAt),
  eq(gateways.disabled, false),
  eq(users.disabled, false),
)

/** Both questions are answered by the index `certificates_by_standing`, from its beginning: what ends late is not read. */
function prepareEnds(database: Database) {
  const { notAfter } = certificates
  const now = sql.placeholder('now')
  const soonest = database
    .select({ notAfter })
    .from(certificates)
    .innerJoin(gateways, eq(gateways.id, certificates.gatewayId))
    .innerJoin(users, eq(users.number, gateways.userNumber))
    .where(isLetIn)
    .orderBy(asc(notAfter))
    .limit(1)
    .prepare()
  const within = (days: number) =>
    count(sql`case when ${notAfter} > ${now} and ${notAfter} <= ${now} + ${days * 86_400} then 1 end`)
  const counts = database
    .select({
      ended: count(sql`case when ${notAfter} <= ${now} then 1 end`),
      ending: { 1: within(1), 7: within(7), 14: within(14), 30: within(30) },
    })
    .from(certificates)
    .innerJoin(gateways, eq(gateways.id, certificates.gatewayId))
    .innerJoin(users, eq(users.number, gateways.userNumber))
    .where(and(isLetIn, lte(notAfter, sql`${now} + ${30 * 86_400}`)))
    .prepare()
  return (at: Date): Ends => ({
    soonest: soonest.get()?.notAfter,
    ...(counts.get({ now: toSeconds(at) }) ?? { ended: 0, ending: { 1: 0, 7: 0, 14: 0, 30: 0 } }),
  })
}

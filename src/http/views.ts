import { renewableFromText, statusOf } from '../domain/certificate.ts'
import { formatTime } from '../domain/lifetime.ts'
import { addressesOf, gatewayNetworkTexts, hexOf, userPrefix } from '../domain/plan.ts'
import { formatPrefix } from '../domain/prefix.ts'
import type { AuditRow } from '../store/audit.ts'
import type { CertificateSummary } from '../store/certificates.ts'
import type { GatewayRow, ListedGateway } from '../store/gateway-rows.ts'
import type { TokenRow } from '../store/tokens.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'

/** A user as the API shows it. */
export function viewUser(unit: Unit, user: UserRow) {
  const { plan } = unit.config
  return {
    name: user.name,
    number: user.number,
    hex: hexOf(plan, user.number),
    prefix: formatPrefix(userPrefix(plan, user.number)),
    gateways: user.gateways,
    disabled: user.disabled,
    createdAt: formatTime(user.createdAt),
  }
}

type CertificateFacts = Pick<
  CertificateSummary,
  'serial' | 'notBefore' | 'notAfter' | 'keyType' | 'revokedAt' | 'supersededAt'
>

export function viewCertificate(unit: Unit, certificate: CertificateFacts, now: Date) {
  return {
    serial: certificate.serial,
    notBefore: formatTime(certificate.notBefore),
    notAfter: formatTime(certificate.notAfter),
    renewableFrom: renewableFromText(certificate.notAfter, unit.config.renewDays),
    keyType: certificate.keyType,
    status: statusOf(certificate, now),
  }
}

/** A certificate with its history, as the list of a gateway's certificates shows it. */
export function viewCertificateRecord(unit: Unit, certificate: CertificateSummary, now: Date) {
  return {
    ...viewCertificate(unit, certificate, now),
    issuedAt: formatTime(certificate.issuedAt),
    supersededAt: certificate.supersededAt && formatTime(certificate.supersededAt),
    revokedAt: certificate.revokedAt && formatTime(certificate.revokedAt),
    revocationReason: certificate.revocationReason,
  }
}

/** A gateway as lists show it. */
export function viewGatewaySummary(unit: Unit, gateway: ListedGateway, now: Date) {
  return {
    name: gateway.name,
    user: gateway.user,
    slot: gateway.slot,
    ...addressesOf(unit.config.plan, gateway),
    disabled: gateway.disabled,
    userDisabled: gateway.userDisabled,
    certificate: viewCertificate(unit, gateway, now),
    createdAt: formatTime(gateway.createdAt),
  }
}

/** A gateway on its own, with its networks and the former certificates that are still good. */
export function viewGateway(unit: Unit, gateway: GatewayRow) {
  const now = unit.now()
  return {
    ...viewGatewaySummary(unit, gateway, now),
    networks: gatewayNetworkTexts(unit.config.plan, gateway),
    formerCertificates: gateway.hasFormer ? viewFormer(unit, gateway, now) : [],
  }
}

function viewFormer(unit: Unit, { id }: GatewayRow, now: Date) {
  const all = unit.store.certificates.listOfGateway(id)
  const former = all.filter((certificate) => statusOf(certificate, now) === 'superseded')
  return former.map((certificate) => viewCertificate(unit, certificate, now))
}

/** What makes a token this one and no other of its name. When it was used does not: it is no change of it. */
export function identifyToken({ name, scope, createdAt, expiresAt }: TokenRow) {
  return { name, scope, createdAt: formatTime(createdAt), expiresAt: expiresAt && formatTime(expiresAt) }
}

/** A token as the API shows it, which is never its text. */
export function viewToken(unit: Unit, token: TokenRow) {
  const lastUsedAt = unit.store.tokenUses.latest(token.name) ?? token.lastUsedAt
  return { ...identifyToken(token), lastUsedAt: lastUsedAt && formatTime(lastUsedAt) }
}

export function viewAudit(row: AuditRow) {
  return { ...row, at: formatTime(row.at) }
}

/** What the API answers, for those who ask it. */
export type UserView = ReturnType<typeof viewUser>
export type CertificateView = ReturnType<typeof viewCertificate>
export type CertificateRecordView = ReturnType<typeof viewCertificateRecord>
export type GatewaySummaryView = ReturnType<typeof viewGatewaySummary>
export type GatewayView = ReturnType<typeof viewGateway>
export type TokenView = ReturnType<typeof viewToken>
export type NewTokenView = TokenView & { token: string }
export type AuditView = ReturnType<typeof viewAudit>

import type { EndedSessionsView, viewLive } from '../http/session-views.ts'
import type { CertificateRecordView, GatewaySummaryView, GatewayView } from '../http/views.ts'
import { endedFacts, placeOf } from './session-text.ts'
import { type Cell, formatFacts, formatTable } from './table.ts'

/** What the removal of a gateway answers. */
export type ReceiptView = EndedSessionsView & {
  gateway: string
  revokedSerials: string[]
  crlNumber: number
  notice: string
}

/** A gateway with what it is doing, and, where a change ended sessions, what became of them. */
export type ShownGateway = GatewayView & ReturnType<typeof viewLive> & { sessions?: EndedSessionsView }

export function gatewayTable(gateways: readonly GatewaySummaryView[]): string {
  return formatTable(
    ['NAME', 'USER', 'SLOT', 'PREFIX', 'ENDS', 'CERTIFICATE', 'DISABLED'],
    gateways.map(({ name, user, slot, prefix, certificate, disabled, userDisabled }) => [
      name,
      user,
      slot,
      prefix,
      certificate.notAfter,
      certificate.status,
      disabled || userDisabled,
    ]),
  )
}

/** A gateway, a fact a line. `unseen` says what is known of one that is not connected and was never seen. */
export function gatewayFacts(gateway: ShownGateway, unseen?: string): string {
  return formatFacts(factsOf(gateway, unseen))
}

function factsOf(gateway: ShownGateway, unseen?: string): [string, Cell][] {
  const { certificate, formerCertificates, networks, sessions } = gateway
  return [
    ['name', gateway.name],
    ['user', gateway.user],
    ['slot', gateway.slot],
    ['prefix', gateway.prefix],
    ['networks', `${networks[0]} to ${networks.at(-1)}`],
    ['tunnel address', gateway.address],
    ['disabled', gateway.disabled ? 'yes' : gateway.userDisabled ? 'yes, with its user' : 'no'],
    ['certificate', `${certificate.serial}, ${certificate.keyType}, ${certificate.status}`],
    ['ends', certificate.notAfter],
    ['renewable from', certificate.renewableFrom],
    ...formerCertificates.map(({ serial, notAfter }): [string, Cell] => ['still good', `${serial}, until ${notAfter}`]),
    ['created', gateway.createdAt],
    ...liveFacts(gateway, unseen),
    ...(sessions === undefined ? [] : endedFacts(sessions)),
  ]
}

/** What a renewal answers: where the former certificates were revoked, which those were. */
export type RenewedGateway = ShownGateway & { revokedSerials?: string[] }

export function renewalFacts(gateway: RenewedGateway): string {
  const { revokedSerials } = gateway
  const revoked = revokedSerials === undefined ? [] : [['revoked', revokedSerials.join(' ')] as const]
  return formatFacts([
    ...revoked,
    ...factsOf(gateway),
    ['next', `vpnunit gateway config ${gateway.name} --output FILE`],
  ])
}

function liveFacts({ session, lastSeenAt }: ShownGateway, unseen: string | undefined): [string, Cell][] {
  if (session === null) return [['connected', lastSeenAt === null ? unseen : `no, last seen ${lastSeenAt}`]]
  return [
    ['connected', `on ${placeOf(session)}, since ${session.since}`],
    ['from', session.realAddress],
  ]
}

export function certificateTable(certificates: readonly CertificateRecordView[]): string {
  return formatTable(
    ['SERIAL', 'KEY', 'ISSUED', 'ENDS', 'STATUS', 'REVOKED'],
    certificates.map((one) => [one.serial, one.keyType, one.issuedAt, one.notAfter, one.status, one.revokedAt]),
  )
}

export function receiptFacts(receipt: ReceiptView): string {
  const { gateway, revokedSerials, crlNumber, notice, instances, notReached } = receipt
  // Where there is no agent the notice says so.
  const isManaged = instances.length > 0 || notReached.length > 0
  return formatFacts([
    ['removed', gateway],
    ['revoked', revokedSerials.join(' ')],
    ['revocation list', `number ${crlNumber}`],
    ...(isManaged ? endedFacts(receipt) : []),
    ['notice', notice],
  ])
}

import type { CertificateRecordView, GatewaySummaryView, GatewayView } from '../http/views.ts'
import { formatFacts, formatTable } from './table.ts'

/** What the removal of a gateway answers. */
export type ReceiptView = { gateway: string; revokedSerials: string[]; crlNumber: number; notice: string }

export function gatewayTable(gateways: readonly GatewaySummaryView[]): string {
  return formatTable(
    ['NAME', 'USER', 'PREFIX', 'ENDS', 'CERTIFICATE', 'DISABLED'],
    gateways.map(({ name, user, prefix, certificate, disabled, userDisabled }) => [
      name,
      user,
      prefix,
      certificate.notAfter,
      certificate.status,
      disabled || userDisabled,
    ]),
  )
}

export function gatewayFacts(gateway: GatewayView): string {
  const { certificate, formerCertificates, networks } = gateway
  return formatFacts([
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
    ...formerCertificates.map(({ serial, notAfter }) => ['still good', `${serial}, until ${notAfter}`] as const),
    ['created', gateway.createdAt],
  ])
}

export function certificateTable(certificates: readonly CertificateRecordView[]): string {
  return formatTable(
    ['SERIAL', 'KEY', 'ISSUED', 'ENDS', 'STATUS', 'REVOKED'],
    certificates.map((one) => [one.serial, one.keyType, one.issuedAt, one.notAfter, one.status, one.revokedAt]),
  )
}

export function receiptFacts({ gateway, revokedSerials, crlNumber, notice }: ReceiptView): string {
  return formatFacts([
    ['removed', gateway],
    ['revoked', revokedSerials.join(' ')],
    ['revocation list', `number ${crlNumber}`],
    ['notice', notice],
  ])
}

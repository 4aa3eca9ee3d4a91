import type { RevocationReason } from '../domain/certificate.ts'
import type { CertificateSummary } from '../store/certificates.ts'
import type { Unit } from '../unit.ts'
import type { Step } from './change.ts'

/** Revokes those of the certificates that are still good and returns their serials. Inside a transaction. */
export function revokeCertificates(
  unit: Unit,
  step: Step,
  certificates: readonly CertificateSummary[],
  reason: RevocationReason,
): string[] {
  const good = certificates.filter(({ notAfter, revokedAt }) => revokedAt === null && notAfter > step.at)
  for (const { serial } of good) unit.store.certificates.revoke(serial, step.at, reason)
  return good.map(({ serial }) => serial)
}

import { formatTime, renewableFrom } from './lifetime.ts'

/** RFC 5280, section 5.3.1: the reasons given here. */
export const REVOCATION_REASONS = ['superseded', 'cessationOfOperation', 'keyCompromise'] as const
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

export const CERTIFICATE_STATUSES = ['valid', 'superseded', 'expired', 'revoked'] as const
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number]

/** What a renewal does with the former certificates: leaves them good, revokes them at the new one's first use, or now. */
export const FORMER = ['keep', 'retire', 'revoke'] as const

/** What decides a certificate's status, whoever keeps it. */
export type Standing = { notAfter: Date; revokedAt: Date | null; supersededAt: Date | null }

/**
 * What a certificate is worth now. `superseded` is one that a renewal left good until its end: OpenVPN accepts it, as
 * it accepts `valid`; the other two it refuses.
 */
export function statusOf(certificate: Standing, now: Date): CertificateStatus {
  if (certificate.revokedAt !== null) return 'revoked'
  if (certificate.notAfter <= now) return 'expired'
  return certificate.supersededAt === null ? 'valid' : 'superseded'
}

/** When a certificate becomes renewable, as the API says it. */
export function renewableFromText(notAfter: Date, renewDays: number): string {
  return formatTime(renewableFrom(notAfter, renewDays))
}

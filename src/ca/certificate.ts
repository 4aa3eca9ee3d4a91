import type { KeyType } from '../domain/key-type.ts'
import { wholeSeconds } from '../domain/lifetime.ts'
import { type Asn1, encoded, explicit, integer, sequence, time } from './der.ts'
import { encodeSigned, type Signer } from './signature.ts'

/** What is said about a certificate elsewhere. `serial` is lower-case hex, 32 digits; `name` the common name. */
export type CertificateFacts = { serial: string; name: string; notBefore: Date; notAfter: Date; keyType: KeyType }

export type IssuedCertificate = CertificateFacts & { der: Buffer }

export type Wanted = {
  facts: CertificateFacts
  issuer: Asn1
  subject: Asn1
  publicKey: Buffer
  extensions: Asn1
}

/** X.509 version 3 (RFC 5280, section 4.1). */
const VERSION_3 = explicit(0, integer(2))

/** Signs a certificate (RFC 5280, section 4.1). Times are cut to whole seconds, as X.509 has them. */
export function signCertificate(
  { facts, issuer, subject, publicKey, extensions }: Wanted,
  signer: Signer,
): IssuedCertificate {
  const body = sequence(
    VERSION_3,
    integer(BigInt(`0x${facts.serial}`)),
    signer.algorithm,
    issuer,
    sequence(time(facts.notBefore), time(facts.notAfter)),
    subject,
    encoded(publicKey),
    explicit(3, extensions),
  )
  const period = { notBefore: wholeSeconds(facts.notBefore), notAfter: wholeSeconds(facts.notAfter) }
  return { ...facts, ...period, der: encodeSigned(body, signer) }
}

import { type KeyObject, randomBytes } from 'node:crypto'
import { AUTHORITY_DAYS, BACKDATE_MS, DAY_MS, formatTime } from '../domain/lifetime.ts'
import { Problem } from '../domain/problem.ts'
import { type AuthorityCertificate, readAuthorityCertificate } from './authority-certificate.ts'
import { type IssuedCertificate, signCertificate } from './certificate.ts'
import { encoded } from './der.ts'
import { commonNameOnly } from './distinguished-name.ts'
import { authorityExtensions, endExtensions, type Purpose } from './extensions.ts'
import { ipOctets } from './ip-octets.ts'
import { keyIdentifierOf } from './key-identifier.ts'
import { keyTypeOf } from './key-pair.ts'
import { toPem } from './pem.ts'
import { listSigner, type WantedList } from './sign-revocation-list.ts'
import { type Signer, signerOf } from './signature.ts'

export type { CertificateFacts, IssuedCertificate } from './certificate.ts'
export type { RevokedEntry } from './sign-revocation-list.ts'

export type WantedCertificate = { kind: Purpose; name: string; publicKey: Buffer; days: number; now: Date }

/** The certificate authority: a key and its certificate, which never leave this. */
export type Authority = {
  readonly certificate: IssuedCertificate
  /**
   * Makes a certificate for a name and a public key (SubjectPublicKeyInfo in DER), good from five minutes before
   * `now` for `days` days, and never outside the authority's own life.
   * @throws Problem authority-ended
   */
  issue(wanted: WantedCertificate): IssuedCertificate
  /** Makes a revocation list (RFC 5280, section 5) in DER. Entries are kept, so that the next list is made faster. */
  signRevocationList(list: WantedList): Buffer
}

/** ub-common-name of RFC 5280, appendix A.1, in letters that a DNS name can have. */
const HOST_NAME = /^[A-Za-z0-9.-]{1,64}$/

const SERIAL_OCTETS = 16

/**
 * A new authority's self-signed certificate, good for AUTHORITY_DAYS.
 * @throws Error when the key is of a type that is not used here
 */
export function createAuthority(privateKey: KeyObject, now: Date): IssuedCertificate {
  const signer = signerOf(privateKey)
  const keyId = keyIdentifierOf(signer.publicKey)
  const name = `vpnunit CA ${keyId.toString('hex', 0, 4)}`
  const facts = {
    serial: newSerial(),
    name,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    keyType: signer.keyType,
  }
  const subject = commonNameOnly(name)
  const extensions = authorityExtensions(keyId)
  return signCertificate({ facts, issuer: subject, subject, publicKey: signer.publicKey, extensions }, signer)
}

/**
 * 128 random bits. As an INTEGER that is not negative they have at most 17 octets, of the 20 that RFC 5280, section
 * 4.1.2.2, allows.
 */
function newSerial(): string {
  const octets = randomBytes(SERIAL_OCTETS)
  // openssl and OpenVPN leave a leading zero octet away when they print a serial: nobody should have to know that.
  return octets[0] === 0 ? newSerial() : octets.toString('hex')
}

/**
 * An authority from its key and its certificate (DER), both read once.
 * @throws Error when they do not belong together, or are not what an authority has
 */
export function openAuthority(privateKey: KeyObject, certificateDer: Buffer): Authority {
  const signer = signerOf(privateKey)
  const own = readAuthorityCertificate(certificateDer)
  if (!own.publicKey.equals(signer.publicKey)) {
    throw new Error(`the authority's private key does not belong to its certificate (${own.facts.name})`)
  }
  return {
    certificate: { ...own.facts, der: certificateDer },
    issue: (wanted) => issue(wanted, own, signer),
    signRevocationList: listSigner(own, signer),
  }
}

function issue(wanted: WantedCertificate, own: AuthorityCertificate, signer: Signer): IssuedCertificate {
  const { kind, name, publicKey } = wanted
  const keyType = keyTypeOf(publicKey)
  if (keyType === undefined) throw new Error(`the public key for ${name} is of a type that is not issued here`)
  if (!isName(name)) throw new Error('a certificate is for a host name or an IP address, of at most 64 characters')
  const facts = { serial: newSerial(), name, ...lifeOf(wanted, own), keyType }
  const extensions = endExtensions(kind, name, keyIdentifierOf(publicKey), own.keyId)
  const subject = commonNameOnly(name)
  return signCertificate({ facts, issuer: encoded(own.subject), subject, publicKey, extensions }, signer)
}

function isName(name: string): boolean {
  return HOST_NAME.test(name) || ipOctets(name) !== undefined
}

function lifeOf({ days, now }: WantedCertificate, own: AuthorityCertificate): { notBefore: Date; notAfter: Date } {
  const { notBefore, notAfter } = own.facts
  if (now >= notAfter) {
    throw new Problem('authority-ended', `the authority ended on ${formatTime(notAfter)} and can't issue certificates`)
  }
  const life = {
    notBefore: new Date(Math.max(now.getTime() - BACKDATE_MS, notBefore.getTime())),
    notAfter: new Date(Math.min(now.getTime() + days * DAY_MS, notAfter.getTime())),
  }
  if (life.notAfter <= life.notBefore) {
    throw new Error(`the clock says ${formatTime(now)}, and the authority begins on ${formatTime(notBefore)} only`)
  }
  return life
}

/** PEM of a certificate in DER. */
export function certificatePem(der: Buffer): string {
  return toPem('CERTIFICATE', der)
}

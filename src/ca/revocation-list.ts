import { readAuthorityCertificate } from './authority-certificate.ts'
import { Members, numberOf, serialOf } from './der-members.ts'
import { type Element, explicitTag, Malformed, readInside, TAG, wholeOf } from './der-reader.ts'
import { takeTime } from './der-time.ts'
import { OID } from './oid.ts'
import { fromPem, toPem } from './pem.ts'
import { type Extension, readExtensions } from './read-extensions.ts'
import { faultOfSignature, importPublicKey, readSigned, type Signed } from './signature.ts'

/** What a revocation list says. Serial numbers are lower-case hex, 32 digits, in the list's order. */
export type RevocationList = { number: number; thisUpdate: Date; nextUpdate: Date; serials: string[] }

type Body = RevocationList & { issuer: Buffer }

const LABEL = 'X509 CRL'

/** X.509 version 2 (RFC 5280, section 5.1.2.1). */
const VERSION_2 = 1

/** Understood here: the number is read, and who signed is known by the signature. A critical other one is not. */
const KNOWN = new Set<string>([OID.crlNumber, OID.authorityKeyIdentifier, OID.reasonCode])

/**
 * Reads a revocation list (DER, or PEM text) and verifies that this authority made it: OpenVPN lets every revoked
 * client in with a list of another authority, and nobody at all with a damaged one. Dates are not compared with any
 * clock.
 * @throws Error in plain words
 */
export function readRevocationList(crl: Buffer, caCertificateDer: Buffer): RevocationList {
  const authority = readAuthorityCertificate(caCertificateDer)
  try {
    const signed = readSigned(derOf(crl))
    const { issuer, ...list } = readBody(signed)
    if (!issuer.equals(authority.subject)) throw new Malformed('it is of another authority')
    const fault = faultOfSignature(signed, importPublicKey(authority.publicKey))
    if (fault !== undefined) throw new Malformed(`it ${fault}`)
    return list
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new Error(`the revocation list can't be used: ${error.message}`, { cause: error })
  }
}

/** DER begins with the tag of a SEQUENCE, 0x30, and PEM never does. */
function derOf(crl: Buffer): Buffer {
  if (crl[0] === TAG.sequence) return crl
  const { label, der } = fromPem(crl.toString('latin1'))
  if (label !== LABEL) throw new Malformed(`it must begin with "-----BEGIN ${LABEL}-----", not with ${label}`)
  return der
}

/** TBSCertList (RFC 5280, section 5.1) as version 2, with all that section 5.1.2 demands of a list. */
function readBody(signed: Signed): Body {
  const body = new Members(signed.body)
  if (numberOf(body.take(TAG.integer)) !== VERSION_2) throw new Malformed('it is not of version 2')
  if (!wholeOf(body.take(TAG.sequence)).equals(wholeOf(signed.algorithm))) {
    throw new Malformed('it names two signature algorithms')
  }
  const issuer = wholeOf(body.take(TAG.sequence))
  const [thisUpdate, nextUpdate] = [takeTime(body), takeTime(body)]
  if (nextUpdate <= thisUpdate) throw new Malformed('it ends before it begins')
  const entries = body.takeOptional(TAG.sequence)
  const extensions = readExtensions(readInside(body.take(explicitTag(0)), TAG.sequence))
  body.end()
  refuseUnknown(extensions)
  const number = extensions.get(OID.crlNumber)
  if (number === undefined) throw new Malformed('it has no CRL number')
  const serials = entries === undefined ? [] : readEntries(entries)
  return { issuer, number: readNumber(number), thisUpdate, nextUpdate, serials }
}

function readNumber(extension: Extension): number {
  return numberOf(readInside(extension.value, TAG.integer))
}

function readEntries(list: Element): string[] {
  const entries = new Members(list)
  const serials: string[] = []
  const checked = new Set<string>()
  while (!entries.isDone) {
    const entry = new Members(entries.take(TAG.sequence))
    serials.push(serialOf(entry.take(TAG.integer)))
    takeTime(entry)
    const extensions = entry.takeOptional(TAG.sequence)
    if (extensions !== undefined) checkOnce(extensions, checked)
    entry.end()
  }
  if (serials.length === 0) throw new Malformed('it has an empty list of entries')
  return serials
}

/** Thousands of entries have the same few lists of extensions. */
function checkOnce(extensions: Element, checked: Set<string>): void {
  const key = extensions.bytes.toString('latin1', extensions.content, extensions.end)
  if (checked.has(key)) return
  refuseUnknown(readExtensions(extensions))
  checked.add(key)
}

/** RFC 5280, sections 5.2 and 5.3: a list with a critical extension that is not understood must not be used. */
function refuseUnknown(extensions: Map<string, Extension>): void {
  for (const { id, isCritical } of extensions.values()) {
    if (isCritical && !KNOWN.has(id)) throw new Malformed(`the critical extension ${id} is not known here`)
  }
}

/** PEM of a revocation list in DER. */
export function revocationListPem(der: Buffer): string {
  return toPem(LABEL, der)
}

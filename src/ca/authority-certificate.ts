import type { CertificateFacts } from './certificate.ts'
import { Members, serialOf } from './der-members.ts'
import { contentOf, type Element, explicitTag, Malformed, readInside, TAG, wholeOf } from './der-reader.ts'
import { takeTime } from './der-time.ts'
import { commonNamesOf } from './distinguished-name.ts'
import { keyIdentifierOf } from './key-identifier.ts'
import { keyTypeOf } from './key-pair.ts'
import { OID } from './oid.ts'
import { type Extension, isAuthority, readExtensions } from './read-extensions.ts'
import { readSigned } from './signature.ts'

/** What an authority's certificate says that its own certificates and lists repeat. `subject` is DER. */
export type AuthorityCertificate = { facts: CertificateFacts; subject: Buffer; publicKey: Buffer; keyId: Buffer }

/**
 * Reads an authority's certificate, ours or another's that was put in its place.
 * @throws Malformed when it is no certificate, or not an authority's, or its key is of no type that is used here
 */
export function readAuthorityCertificate(der: Buffer): AuthorityCertificate {
  try {
    return read(der)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new Malformed(`the authority's certificate can't be used: ${error.message}`)
  }
}

function read(der: Buffer): AuthorityCertificate {
  const body = new Members(readSigned(der).body)
  body.take(explicitTag(0))
  const serial = serialOf(body.take(TAG.integer))
  body.take(TAG.sequence)
  body.take(TAG.sequence)
  const validity = new Members(body.take(TAG.sequence))
  const [notBefore, notAfter] = [takeTime(validity), takeTime(validity)]
  const subject = body.take(TAG.sequence)
  const publicKey = body.take(TAG.sequence)
  const extensions = readExtensions(readInside(body.take(explicitTag(3)), TAG.sequence))
  const keyType = keyTypeOf(wholeOf(publicKey))
  if (keyType === undefined) throw new Malformed('its key is of a type that is not used here')
  if (!isAuthority(extensions.get(OID.basicConstraints))) {
    throw new Malformed('it is not the certificate of an authority')
  }
  return {
    facts: { serial, name: commonNamesOf(subject)[0] ?? '', notBefore, notAfter, keyType },
    subject: wholeOf(subject),
    publicKey: wholeOf(publicKey),
    keyId: keyIdOf(extensions, publicKey),
  }
}

/** RFC 5280, section 4.2.1.1: what the certificate calls its key is what its signatures call it. */
function keyIdOf(extensions: Map<string, Extension>, publicKey: Element): Buffer {
  const own = extensions.get(OID.subjectKeyIdentifier)
  return own === undefined ? keyIdentifierOf(wholeOf(publicKey)) : contentOf(readInside(own.value, TAG.octetString))
}

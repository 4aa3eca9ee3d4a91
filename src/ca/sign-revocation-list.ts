import type { RevocationReason } from '../domain/certificate.ts'
import { type Asn1, encode, encoded, enumerated, explicit, integer, sequence, sequenceOf, time } from './der.ts'
import { authorityKeyIdentifier, extension } from './extensions.ts'
import { OID } from './oid.ts'
import { encodeSigned, type Signer } from './signature.ts'

/** One revoked certificate, by its serial number in hex. */
export type RevokedEntry = { serial: string; revokedAt: Date; reason: RevocationReason }

export type WantedList = { number: number; thisUpdate: Date; nextUpdate: Date; revoked: Iterable<RevokedEntry> }

/** Who signs a list: the name (DER) and key identifier of the authority's certificate. */
export type Issuer = { subject: Buffer; keyId: Buffer }

/** X.509 version 2 (RFC 5280, section 5.1.2.1). */
const VERSION_2 = integer(1)

/** CRLReason (RFC 5280, section 5.3.1), each as the whole list of an entry's extensions. */
const REASONS: Record<RevocationReason, Buffer> = {
  keyCompromise: reasonExtensions(1),
  superseded: reasonExtensions(4),
  cessationOfOperation: reasonExtensions(5),
}

function reasonExtensions(code: number): Buffer {
  return encode(sequence(extension(OID.reasonCode, false, enumerated(code))))
}

/** An entry's encoding, with what it was made of. */
type Kept = { time: number; reason: RevocationReason; der: Buffer }

/**
 * A function that makes lists and keeps the encoding of each entry as long as the entry is in the list. A serial
 * number that comes twice is written once.
 */
export function listSigner(issuer: Issuer, signer: Signer): (list: WantedList) => Buffer {
  let kept = new Map<string, Kept>()
  return (list) => {
    const next = new Map<string, Kept>()
    for (const entry of list.revoked) next.set(entry.serial, reuse(kept.get(entry.serial), entry))
    kept = next
    const entries = Buffer.concat(Array.from(next.values(), ({ der }) => der))
    return encodeSigned(listBody(list, entries, issuer, signer), signer)
  }
}

function reuse(kept: Kept | undefined, entry: RevokedEntry): Kept {
  const isSame = kept !== undefined && kept.time === entry.revokedAt.getTime() && kept.reason === entry.reason
  return isSame ? kept : { time: entry.revokedAt.getTime(), reason: entry.reason, der: encodeEntry(entry) }
}

function encodeEntry({ serial, revokedAt, reason }: RevokedEntry): Buffer {
  return encode(sequence(integer(BigInt(`0x${serial}`)), time(revokedAt), encoded(REASONS[reason])))
}

/** TBSCertList (RFC 5280, section 5.1): the list of entries is left away when there are none. */
function listBody(list: WantedList, entries: Buffer, issuer: Issuer, signer: Signer): Asn1 {
  if (!Number.isSafeInteger(list.number) || list.number < 0) throw new RangeError(`${list.number} is no CRL number`)
  if (list.nextUpdate <= list.thisUpdate) throw new RangeError('a revocation list must end after it begins')
  return sequence(
    VERSION_2,
    signer.algorithm,
    encoded(issuer.subject),
    time(list.thisUpdate),
    time(list.nextUpdate),
    ...(entries.length > 0 ? [sequenceOf(entries)] : []),
    explicit(0, sequence(authorityKeyIdentifier(issuer.keyId), extension(OID.crlNumber, false, integer(list.number)))),
  )
}

import { type Asn1, bitString, encode, implicit, integer, octetString, oid, sequence, truth } from './der.ts'
import { ipOctets } from './ip-octets.ts'
import { OID } from './oid.ts'

/** What a certificate is for. */
export type Purpose = 'gateway' | 'server'

/** Bits of KeyUsage (RFC 5280, section 4.2.1.3), with the count of bits after the last one that is set. */
const DIGITAL_SIGNATURE = bitString(Buffer.from([0x80]), 7)
const CERT_SIGN_AND_CRL_SIGN = bitString(Buffer.from([0x06]), 1)

/** GeneralName (RFC 5280, section 4.2.1.6). */
const DNS_NAME = 2
const IP_ADDRESS = 7

export function extension(id: string, isCritical: boolean, value: Asn1): Asn1 {
  return sequence(oid(id), ...(isCritical ? [truth()] : []), octetString(encode(value)))
}

/** AuthorityKeyIdentifier (RFC 5280, section 4.2.1.1) by key identifier alone. */
export function authorityKeyIdentifier(keyId: Buffer): Asn1 {
  return extension(OID.authorityKeyIdentifier, false, sequence(implicit(0, keyId)))
}

/**
 * Of a root that signs certificates and lists and has no other authority below it. It has no AuthorityKeyIdentifier:
 * RFC 5280, section 4.2.1.1, lets a self-signed certificate go without, and it would repeat the line above.
 */
export function authorityExtensions(keyId: Buffer): Asn1 {
  return sequence(
    extension(OID.basicConstraints, true, sequence(truth(), integer(0))),
    extension(OID.keyUsage, true, CERT_SIGN_AND_CRL_SIGN),
    extension(OID.subjectKeyIdentifier, false, octetString(keyId)),
  )
}

/**
 * Of a gateway or a server. OpenVPN's remote-cert-tls wants both key usages; digitalSignature is all that TLS with
 * ephemeral keys needs. BasicConstraints says CA:FALSE although RFC 5280 would let it be left away: easy-rsa says it.
 */
export function endExtensions(purpose: Purpose, name: string, keyId: Buffer, authorityKeyId: Buffer): Asn1 {
  return sequence(
    extension(OID.basicConstraints, true, sequence()),
    extension(OID.keyUsage, true, DIGITAL_SIGNATURE),
    extension(OID.extendedKeyUsage, false, sequence(oid(purpose === 'server' ? OID.serverAuth : OID.clientAuth))),
    extension(OID.subjectAltName, false, sequence(generalName(name))),
    extension(OID.subjectKeyIdentifier, false, octetString(keyId)),
    authorityKeyIdentifier(authorityKeyId),
  )
}

function generalName(name: string): Asn1 {
  const address = ipOctets(name)
  return address === undefined ? implicit(DNS_NAME, Buffer.from(name, 'ascii')) : implicit(IP_ADDRESS, address)
}

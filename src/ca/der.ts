import forge from 'node-forge'

/** ASN.1 values as forge.asn1 builds them, and their DER (X.690). Members of a structure are written as they are given. */
export type Asn1 = forge.asn1.Asn1

const { asn1 } = forge
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class
const { Type } = asn1

/** The last year that UTCTime can hold, and the first (RFC 5280, section 4.1.2.5). */
const UTC_TIME_YEARS = { first: 1950, last: 2049 }

/** The tag's class is its two highest bits. forge takes the rest, with the bit for "constructed", as a type. */
const CLASS_BITS = 0xc0
const TYPE_BITS = 0x3f
const CONSTRUCTED = 0x20

export function sequence(...members: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, Type.SEQUENCE, true, members)
}

export function set(...members: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, Type.SET, true, members)
}

export function oid(dotted: string): Asn1 {
  return asn1.create(UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
}

export function nothing(): Asn1 {
  return asn1.create(UNIVERSAL, Type.NULL, false, '')
}

export function truth(): Asn1 {
  return asn1.create(UNIVERSAL, Type.BOOLEAN, false, '\xff')
}

/** An INTEGER that is not negative, in the fewest octets. */
export function integer(value: number | bigint): Asn1 {
  return asn1.create(UNIVERSAL, Type.INTEGER, false, unsignedOctets(value))
}

export function enumerated(value: number): Asn1 {
  return asn1.create(UNIVERSAL, Type.ENUMERATED, false, unsignedOctets(value))
}

function unsignedOctets(value: number | bigint): string {
  const digits = value.toString(16)
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('latin1')
  return octets.charCodeAt(0) >= 0x80 ? `\0${octets}` : octets
}

export function octetString(content: Buffer): Asn1 {
  return asn1.create(UNIVERSAL, Type.OCTETSTRING, false, content.toString('latin1'))
}

export function bitString(content: Buffer, unusedBits = 0): Asn1 {
  return asn1.create(UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unusedBits) + content.toString('latin1'))
}

export function utf8String(text: string): Asn1 {
  return asn1.create(UNIVERSAL, Type.UTF8, false, Buffer.from(text, 'utf8').toString('latin1'))
}

/** Time of RFC 5280, section 4.1.2.5: whole seconds, UTCTime through 2049, GeneralizedTime from 2050 on. */
export function time(moment: Date): Asn1 {
  const digits = `${moment.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  const year = moment.getUTCFullYear()
  if (year < UTC_TIME_YEARS.first || year > 9999) throw new RangeError(`X.509 has no time in the year ${year}`)
  return year <= UTC_TIME_YEARS.last
    ? asn1.create(UNIVERSAL, Type.UTCTIME, false, digits.slice(2))
    : asn1.create(UNIVERSAL, Type.GENERALIZEDTIME, false, digits)
}

/** [number] EXPLICIT. */
export function explicit(number: number, ...members: Asn1[]): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, number, true, members)
}

/** [number] IMPLICIT of a type that is not constructed. */
export function implicit(number: number, content: Buffer): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, number, false, content.toString('latin1'))
}

/** A structure that is already encoded, such as a name or a public key: its tag and its content, unread. */
export function encoded(der: Buffer): Asn1 {
  const tag = der[0] ?? 0
  const second = der[1] ?? 0
  const header = second < 0x80 ? 2 : 2 + (second & 0x7f)
  return asn1.create(tag & CLASS_BITS, tag & TYPE_BITS, false, der.toString('latin1', header))
}

/** A SEQUENCE whose members are already encoded, one after the other: however long, forge sees one string. */
export function sequenceOf(content: Buffer): Asn1 {
  return asn1.create(UNIVERSAL, Type.SEQUENCE | CONSTRUCTED, false, content.toString('latin1'))
}

export function encode(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
}

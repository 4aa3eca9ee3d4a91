import { type KeyObject, sign } from 'node:crypto'
import { type Asn1, bitString, encode, encoded, explicit, integer, oid, sequence, set, utf8String } from '../der.ts'
import { commonNameOnly } from '../distinguished-name.ts'
import { generateKeyPair } from '../key-pair.ts'
import { toPem } from '../pem.ts'
import { encodeSigned, signerOf } from '../signature.ts'
import { keyObject } from './authority.ts'

export const NAME = 'gw.example.org'

const { publicKey, ...rest } = await generateKeyPair('ec-p256')
const key = keyObject({ publicKey, ...rest })

export type RequestParts = {
  version?: Asn1
  subject?: Asn1
  publicKey?: Buffer
  attributes?: Asn1[]
  more?: Asn1[]
  key?: KeyObject
}

/** A certificate request in DER, right but for the parts that are given. */
export function newRequest(parts: RequestParts = {}): Buffer {
  return encodeSigned(requestBody(parts), signerOf(parts.key ?? key))
}

export function requestBody(parts: RequestParts = {}): Asn1 {
  return sequence(
    parts.version ?? integer(0),
    parts.subject ?? commonNameOnly(NAME),
    encoded(parts.publicKey ?? publicKey),
    explicit(0, ...(parts.attributes ?? [])),
    ...(parts.more ?? []),
  )
}

/** A request signed under an algorithm of the test's. */
export function signedWith(id: string, hash: string, key: KeyObject, publicKey: Buffer, ...parameters: Asn1[]): Buffer {
  const body = requestBody({ publicKey })
  return encode(sequence(body, sequence(oid(id), ...parameters), bitString(sign(hash, encode(body), key))))
}

export function requestPem(der: Buffer): string {
  return toPem('CERTIFICATE REQUEST', der)
}

/** The attribute that asks for extensions (RFC 2985, section 5.4.2). */
export function wish(...extensions: Asn1[]): Asn1 {
  return sequence(oid('1.2.840.113549.1.9.14'), set(sequence(...extensions)))
}

/** GeneralName dNSName (RFC 5280, section 4.2.1.6). */
export function dnsName(name: string): Asn1 {
  return encoded(Buffer.concat([Buffer.from([0x82, name.length]), Buffer.from(name)]))
}

export function attribute(id: string, value: string): Asn1 {
  return set(sequence(oid(id), utf8String(value)))
}

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { KeyType } from '../domain/key-type.ts'
import { type Asn1, bitString, encode, encoded, nothing, oid, sequence } from './der.ts'
import { Members, octetsOf, oidOf } from './der-members.ts'
import { type Element, Malformed, readDer, TAG, wholeOf } from './der-reader.ts'
import { keyTypeOf } from './key-pair.ts'

type Scheme = { oid: string; hash: 'sha256' | 'sha384' | 'sha512' | null; key: 'rsa' | 'ec' | 'ed25519' }

/** RFC 4055, section 5; RFC 5758, section 3.2; RFC 8410, section 3. */
const SCHEMES = {
  rsaSha256: { oid: '1.2.840.113549.1.1.11', hash: 'sha256', key: 'rsa' },
  rsaSha384: { oid: '1.2.840.113549.1.1.12', hash: 'sha384', key: 'rsa' },
  rsaSha512: { oid: '1.2.840.113549.1.1.13', hash: 'sha512', key: 'rsa' },
  ecdsaSha256: { oid: '1.2.840.10045.4.3.2', hash: 'sha256', key: 'ec' },
  ecdsaSha384: { oid: '1.2.840.10045.4.3.3', hash: 'sha384', key: 'ec' },
  ecdsaSha512: { oid: '1.2.840.10045.4.3.4', hash: 'sha512', key: 'ec' },
  ed25519: { oid: '1.3.101.112', hash: null, key: 'ed25519' },
} as const satisfies Record<string, Scheme>

const SCHEME_OF: Record<KeyType, Scheme> = {
  'ec-p256': SCHEMES.ecdsaSha256,
  'ec-p384': SCHEMES.ecdsaSha384,
  ed25519: SCHEMES.ed25519,
  'rsa-2048': SCHEMES.rsaSha256,
  'rsa-3072': SCHEMES.rsaSha256,
  'rsa-4096': SCHEMES.rsaSha256,
}

/** What is met in old requests, for the sentence. */
const WEAK: Record<string, string> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.113549.1.1.14': 'SHA-224',
  '1.2.840.10045.4.3.1': 'SHA-224',
}

/** A private key with all that its signatures need, looked up once. */
export type Signer = { keyType: KeyType; publicKey: Buffer; algorithm: Asn1; sign(bytes: Buffer): Buffer }

/** @throws Error when the key is of a type that is not issued here */
export function signerOf(privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const keyType = keyTypeOf(publicKey)
  if (keyType === undefined) {
    throw new Error(
      'this private key is of no supported type: use EC P-256 or P-384, Ed25519, or RSA with 2048, 3072 or 4096 bits',
    )
  }
  const scheme = SCHEME_OF[keyType]
  return {
    keyType,
    publicKey,
    algorithm: scheme.key === 'rsa' ? sequence(oid(scheme.oid), nothing()) : sequence(oid(scheme.oid)),
    sign: (bytes) => sign(scheme.hash, bytes, privateKey),
  }
}

/** SIGNED{} of RFC 5280, appendix A: the body, the algorithm and the signature. The body names the algorithm itself. */
export function encodeSigned(body: Asn1, signer: Signer): Buffer {
  const bytes = encode(body)
  return encode(sequence(encoded(bytes), signer.algorithm, bitString(signer.sign(bytes))))
}

/** A certificate, list or request before its signature is looked at. */
export type Signed = { body: Element; algorithm: Element; signature: Buffer }

/** @throws Malformed */
export function readSigned(der: Buffer): Signed {
  const outer = new Members(readDer(der))
  const body = outer.take(TAG.sequence)
  const algorithm = outer.take(TAG.sequence)
  const signature = octetsOf(outer.take(TAG.bitString))
  outer.end()
  return { body, algorithm, signature }
}

/**
 * What is wrong with the signature by this key, as the end of a sentence about what is signed; undefined when
 * nothing is.
 * @throws Malformed when the algorithm can't be read
 */
export function faultOfSignature(signed: Signed, publicKey: KeyObject): string | undefined {
  const scheme = schemeOf(signed.algorithm)
  if (typeof scheme === 'string') return scheme
  if (scheme.key !== publicKey.asymmetricKeyType) return 'is signed with an algorithm that its key can not have used'
  return verify(scheme.hash, wholeOf(signed.body), publicKey, signed.signature)
    ? undefined
    : 'does not have the signature of its key: it was altered, or signed with another one'
}

function schemeOf(algorithm: Element): Scheme | string {
  const members = new Members(algorithm)
  const id = oidOf(members.take(TAG.oid))
  const scheme = Object.values<Scheme>(SCHEMES).find((one) => one.oid === id)
  if (scheme === undefined) {
    const name = WEAK[id]
    return name === undefined
      ? `is signed with ${id}, which is not known here; sign with SHA-256`
      : `is signed with ${name}, which is too weak; sign with SHA-256`
  }
  // RFC 4055, section 5: NULL belongs there for RSA, and its absence must be accepted.
  if (scheme.key === 'rsa') members.takeOptional(TAG.null)
  members.end()
  return scheme
}

/**
 * A SubjectPublicKeyInfo as a key to verify with.
 * @throws Malformed when OpenSSL finds no key in it, such as a point that is not on its curve
 */
export function importPublicKey(publicKey: Buffer): KeyObject {
  try {
    return createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
  } catch {
    throw new Malformed('the public key is not valid: its numbers do not fit its type')
  }
}

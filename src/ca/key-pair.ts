import { createECDH, generateKeyPair as generate } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyType } from '../domain/key-type.ts'
import { toPem } from './pem.ts'
import { readRsaKey } from './rsa-key.ts'

/** A private key as PKCS#8 (RFC 5958) and its public key as SubjectPublicKeyInfo (RFC 5280), both in DER. */
export type KeyPair = { privateKey: Buffer; publicKey: Buffer }

type Curve = { name: string; octets: number; spki: Buffer; pkcs8: Buffer; point: Buffer }

/**
 * What stands before the key's own octets (RFC 5480, RFC 5915): a fixed prefix for each curve, because making and
 * exporting a key object takes eight times as long as the key. `point` stands between the private and the public key.
 */
const CURVES: Record<'ec-p256' | 'ec-p384', Curve> = {
  'ec-p256': {
    name: 'prime256v1',
    octets: 32,
    spki: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
    pkcs8: Buffer.from('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420', 'hex'),
    point: Buffer.from('a144034200', 'hex'),
  },
  'ec-p384': {
    name: 'secp384r1',
    octets: 48,
    spki: Buffer.from('3076301006072a8648ce3d020106052b81040022036200', 'hex'),
    pkcs8: Buffer.from('3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430', 'hex'),
    point: Buffer.from('a164036200', 'hex'),
  },
}

/** RFC 8410, section 10.1. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const ED25519_OCTETS = 32

const UNCOMPRESSED_POINT = 4

const DER_EXPORT = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const

/** A new key pair. RSA is made off the main thread and takes 0.1 to several seconds, the others well under 1 ms. */
export async function generateKeyPair(keyType: KeyType): Promise<KeyPair> {
  if (keyType === 'ec-p256' || keyType === 'ec-p384') return generateEcKeyPair(CURVES[keyType])
  if (keyType === 'ed25519') return promisify(generate)('ed25519', DER_EXPORT)
  const modulusLength = Number(keyType.slice('rsa-'.length))
  return promisify(generate)('rsa', { modulusLength, ...DER_EXPORT })
}

function generateEcKeyPair(curve: Curve): KeyPair {
  const ecdh = createECDH(curve.name)
  const publicPoint = ecdh.generateKeys()
  return wrapEcKeyPair(curve, ecdh.getPrivateKey(), publicPoint)
}

/** ECDH leaves the private key's leading zeros away; RFC 5915, section 3, wants them. */
function wrapEcKeyPair(curve: Curve, privateKey: Buffer, publicPoint: Buffer): KeyPair {
  const zeros = Buffer.alloc(curve.octets - privateKey.length)
  return {
    privateKey: Buffer.concat([curve.pkcs8, zeros, privateKey, curve.point, publicPoint]),
    publicKey: Buffer.concat([curve.spki, publicPoint]),
  }
}

/** The key type of a SubjectPublicKeyInfo in DER; undefined when it is none that is issued here. */
export function keyTypeOf(publicKey: Buffer): KeyType | undefined {
  if (isPoint(publicKey, CURVES['ec-p256'])) return 'ec-p256'
  if (isPoint(publicKey, CURVES['ec-p384'])) return 'ec-p384'
  if (startsWith(publicKey, ED25519_SPKI) && publicKey.length === ED25519_SPKI.length + ED25519_OCTETS) return 'ed25519'
  return rsaTypeOf(readRsaKey(publicKey)?.bits)
}

function rsaTypeOf(bits: number | undefined): KeyType | undefined {
  if (bits === 2048) return 'rsa-2048'
  if (bits === 3072) return 'rsa-3072'
  return bits === 4096 ? 'rsa-4096' : undefined
}

function isPoint(publicKey: Buffer, { spki, octets }: Curve): boolean {
  return (
    startsWith(publicKey, spki) &&
    publicKey[spki.length] === UNCOMPRESSED_POINT &&
    publicKey.length === spki.length + 1 + 2 * octets
  )
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix)
}

/** PEM of a PKCS#8 key, as OpenVPN takes it inside <key>. */
export function privateKeyPem(der: Buffer): string {
  return toPem('PRIVATE KEY', der)
}

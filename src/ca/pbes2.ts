import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import { encode, integer, nothing, octetString, oid, sequence } from './der.ts'
import { Members, numberOf, oidOf } from './der-members.ts'
import { Malformed, readDer, TAG } from './der-reader.ts'
import { OID } from './oid.ts'

/** OWASP's figure for PBKDF2-HMAC-SHA256: a fifth of a second for each guess, and once at each start. */
const ITERATIONS = 600_000

/** A damaged count must not keep a start busy for hours. */
const ITERATIONS_MAX = 10_000_000

const SALT_OCTETS = 16
const KEY_OCTETS = 32
const IV_OCTETS = 16

/**
 * Encrypts a PKCS#8 key (DER) as EncryptedPrivateKeyInfo (RFC 5958, section 3) with PBES2 (RFC 8018): PBKDF2 with
 * HMAC-SHA256, and AES-256 in CBC mode. Not by Node's export, which iterates 2,048 times only, and not by forge, whose
 * PBKDF2 is JavaScript for SHA-256 and stops everything for three seconds.
 */
export function encryptPrivateKey(pkcs8: Buffer, passphrase: Buffer): Buffer {
  const salt = randomBytes(SALT_OCTETS)
  const iv = randomBytes(IV_OCTETS)
  const key = pbkdf2Sync(passphrase, salt, ITERATIONS, KEY_OCTETS, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const hidden = Buffer.concat([cipher.update(pkcs8), cipher.final()])
  const derivation = sequence(octetString(salt), integer(ITERATIONS), sequence(oid(OID.hmacWithSha256), nothing()))
  const scheme = sequence(sequence(oid(OID.pbkdf2), derivation), sequence(oid(OID.aes256Cbc), octetString(iv)))
  return encode(sequence(sequence(oid(OID.pbes2), scheme), octetString(hidden)))
}

/**
 * Looks over an EncryptedPrivateKeyInfo, ours or another program's, without any passphrase.
 * @throws Malformed when it is none, or its passphrase would have to be derived for minutes
 */
export function checkEncryptedKey(der: Buffer): void {
  const outer = new Members(readDer(der))
  const algorithm = new Members(outer.take(TAG.sequence))
  outer.take(TAG.octetString)
  outer.end()
  if (oidOf(algorithm.take(TAG.oid)) !== OID.pbes2) return
  const scheme = new Members(algorithm.take(TAG.sequence))
  const derivation = new Members(scheme.take(TAG.sequence))
  if (oidOf(derivation.take(TAG.oid)) !== OID.pbkdf2) return
  const parameters = new Members(derivation.take(TAG.sequence))
  parameters.take(TAG.octetString)
  if (numberOf(parameters.take(TAG.integer)) > ITERATIONS_MAX)
    throw new Malformed('its count of iterations is too high')
}

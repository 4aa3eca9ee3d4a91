import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { Problem } from '../domain/problem.ts'

/**
 * Seals secrets that stand in the database. `context` says where a secret belongs (its table and row): what was
 * sealed for one place does not open at another.
 */
export type Vault = {
  seal(plain: Buffer, context: string): Buffer
  /** @throws Problem key-unreadable when the sealing key is another one, the context differs, or a bit was altered */
  open(sealed: Buffer, context: string): Buffer
}

const KEY_OCTETS = 32
const CIPHER = 'aes-256-gcm'

/** A sealed secret is version, nonce, ciphertext, tag. The nonce is of 96 random bits (NIST SP 800-38D, section 8.2.2). */
const VERSION = Buffer.from([1])
const NONCE_OCTETS = 12
const TAG_OCTETS = 16

/** @throws Error when the key has not 32 octets */
export function openVault(key: Buffer): Vault {
  if (key.length !== KEY_OCTETS) throw new Error(`the storage key must have ${KEY_OCTETS} octets; it has ${key.length}`)
  const secret = createSecretKey(key)
  return {
    seal: (plain, context) => seal(secret, plain, context),
    open: (sealed, context) => open(secret, sealed, context),
  }
}

function seal(key: KeyObject, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_OCTETS)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_OCTETS }).setAAD(associated(context))
  const hidden = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([VERSION, nonce, hidden, cipher.getAuthTag()])
}

function open(key: KeyObject, sealed: Buffer, context: string): Buffer {
  const start = VERSION.length + NONCE_OCTETS
  if (sealed.length < start + TAG_OCTETS || sealed[0] !== VERSION[0])
    throw unreadable('it is cut off or not a sealed secret')
  const nonce = sealed.subarray(VERSION.length, start)
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_OCTETS }).setAAD(associated(context))
  decipher.setAuthTag(sealed.subarray(-TAG_OCTETS))
  const plain = decipher.update(sealed.subarray(start, -TAG_OCTETS))
  try {
    decipher.final()
  } catch (error) {
    throw unreadable('it was sealed with another storage key or for another place, or it is damaged', error)
  }
  return plain
}

function associated(context: string): Buffer {
  return Buffer.concat([VERSION, Buffer.from(context, 'utf8')])
}

function unreadable(reason: string, cause?: unknown): Problem {
  return new Problem('key-unreadable', `a private key in the database can't be opened: ${reason}`, {}, { cause })
}

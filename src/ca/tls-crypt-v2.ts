import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { SECOND_MS } from '../domain/lifetime.ts'
import { Malformed } from './der-reader.ts'
import { fromPem, toPem } from './pem.ts'

/**
 * Keys of OpenVPN's tls-crypt-v2 (its doc/tls-crypt-v2.txt): a server has one, and wraps with it the key it gives to
 * each client, so that it needs to keep none of them.
 */
const SERVER_LABEL = 'OpenVPN tls-crypt-v2 server key'
const CLIENT_LABEL = 'OpenVPN tls-crypt-v2 client key'

const SERVER_KEY_OCTETS = 128
const CLIENT_KEY_OCTETS = 256
const TAG_OCTETS = 32
const LENGTH_OCTETS = 2

/** Where the two keys of 256 bits begin in a server key: that of AES and that of the MAC. */
const CIPHER_KEY_AT = 0
const MAC_KEY_AT = 64
const HALF_OCTETS = 32

/** The kind of metadata that is a time: eight octets, seconds since 1970. */
const TIMESTAMP = 1

/** A new server key as PEM. */
export function createServerKey(): string {
  return toPem(SERVER_LABEL, randomBytes(SERVER_KEY_OCTETS))
}

/**
 * A new client key as PEM, wrapped for the holder of the server key, with `now` as its metadata.
 * @throws Error when the server key is none
 */
export function createClientKey(serverKeyPem: string, now: Date): string {
  const serverKey = readServerKey(serverKeyPem)
  const clientKey = randomBytes(CLIENT_KEY_OCTETS)
  return toPem(CLIENT_LABEL, Buffer.concat([clientKey, wrap(serverKey, Buffer.concat([clientKey, timestamp(now)]))]))
}

function readServerKey(pem: string): Buffer {
  const { label, der } = fromPem(pem)
  if (label !== SERVER_LABEL || der.length !== SERVER_KEY_OCTETS) {
    throw new Malformed(`this is no tls-crypt-v2 server key: ${SERVER_KEY_OCTETS} octets belong into "${SERVER_LABEL}"`)
  }
  return der
}

function timestamp(now: Date): Buffer {
  const metadata = Buffer.alloc(9)
  metadata.writeUInt8(TIMESTAMP)
  metadata.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / SECOND_MS)), 1)
  return metadata
}

/** WKc: the tag of length and plain text, then the plain text encrypted with half the tag as nonce, then the length. */
function wrap(serverKey: Buffer, plain: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS)
  length.writeUInt16BE(TAG_OCTETS + plain.length + LENGTH_OCTETS)
  const macKey = serverKey.subarray(MAC_KEY_AT, MAC_KEY_AT + HALF_OCTETS)
  const cipherKey = serverKey.subarray(CIPHER_KEY_AT, CIPHER_KEY_AT + HALF_OCTETS)
  const tag = createHmac('sha256', macKey).update(length).update(plain).digest()
  const cipher = createCipheriv('aes-256-ctr', cipherKey, tag.subarray(0, 16))
  return Buffer.concat([tag, cipher.update(plain), cipher.final(), length])
}

import { hash } from 'node:crypto'
import { Members, octetsOf } from './der-members.ts'
import { readDer, TAG } from './der-reader.ts'

const OCTETS = 20

/**
 * The key identifier of a SubjectPublicKeyInfo (RFC 7093, section 2, method 1): the first 160 bits of the SHA-256 of
 * the key's own octets. RFC 5280 names SHA-1 for it, which machines with a strict policy no longer compute.
 */
export function keyIdentifierOf(publicKey: Buffer): Buffer {
  const members = new Members(readDer(publicKey))
  members.take(TAG.sequence)
  return hash('sha256', octetsOf(members.take(TAG.bitString)), 'buffer').subarray(0, OCTETS)
}

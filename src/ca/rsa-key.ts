import { Members, octetsOf, oidOf } from './der-members.ts'
import { contentOf, type Element, Malformed, readDer, TAG } from './der-reader.ts'
import { OID } from './oid.ts'

/** An RSA public key's size in bits and its exponent. */
export type RsaKey = { bits: number; exponent: bigint }

/** The numbers of an RSA SubjectPublicKeyInfo (RFC 3279, section 2.3.1); undefined when it is no such thing. */
export function readRsaKey(publicKey: Buffer): RsaKey | undefined {
  try {
    const info = new Members(readDer(publicKey))
    const algorithm = new Members(info.take(TAG.sequence))
    if (oidOf(algorithm.take(TAG.oid)) !== OID.rsaEncryption) return undefined
    algorithm.take(TAG.null)
    algorithm.end()
    const numbers = new Members(readDer(octetsOf(info.take(TAG.bitString))))
    const modulus = unsignedOf(numbers.take(TAG.integer))
    const exponent = unsignedOf(numbers.take(TAG.integer))
    info.end()
    numbers.end()
    return { bits: modulus === 0n ? 0 : modulus.toString(2).length, exponent }
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

function unsignedOf(element: Element): bigint {
  const octets = contentOf(element)
  if ((octets[0] ?? 0) >= 0x80) throw new Malformed(`byte ${element.start}: an RSA key has no negative numbers`)
  return BigInt(`0x${octets.toString('hex')}`)
}

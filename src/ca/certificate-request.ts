import type { KeyType } from '../domain/key-type.ts'
import type { Fqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { checkDeeply, Members, numberOf } from './der-members.ts'
import { type Element, explicitTag, Malformed, readDer, TAG, wholeOf } from './der-reader.ts'
import { keyTypeOf } from './key-pair.ts'
import { fromPem } from './pem.ts'
import { checkWishes } from './request-wishes.ts'
import { readRsaKey } from './rsa-key.ts'
import { faultOfSignature, importPublicKey, readSigned, type Signed } from './signature.ts'

/** Far more than a request with an RSA key of 4096 bits has. */
const CHARACTERS_MAX = 16 * 1024

/** RFC 7468, section 7, and what older programs write for it. */
const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']

/** RFC 2986, section 4.1: version 1 is written as 0. */
const VERSION_1 = 0

/** NIST SP 800-56B forbids smaller exponents; a larger one makes each handshake slow for the server. */
const EXPONENT_MIN = 65_537n
const EXPONENT_MAX = 2n ** 32n - 1n

type Request = { signed: Signed; subject: Element; publicKey: Buffer; attributes: Element | undefined }

/**
 * Reads a certificate request (PKCS#10, RFC 2986) in PEM, for the gateway of this name. Only its key is used: the name
 * and all extensions of a certificate come from here. A common name, subjectAltName or CA:TRUE that asks for something
 * else is refused; every other attribute of the subject and every other extension is passed over.
 * @returns the public key as SubjectPublicKeyInfo in DER
 * @throws Problem bad-csr, saying what would be right; nothing else, whatever the text is
 */
export function readCertificateRequest(pem: string, name: Fqdn): { publicKey: Buffer; keyType: KeyType } {
  try {
    const request = readRequest(readBlock(pem))
    const keyType = checkKey(request.publicKey)
    const fault = faultOfSignature(request.signed, importPublicKey(request.publicKey))
    if (fault !== undefined) throw new Malformed(`it ${fault}`)
    checkWishes(request.subject, request.attributes, name)
    return { publicKey: request.publicKey, keyType }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const advice = `A right one is made by: openssl req -new -key KEY -subj /CN=${name}`
    throw new Problem(
      'bad-csr',
      `the certificate request can't be used: ${error.message}. ${advice}`,
      {},
      { cause: error },
    )
  }
}

function readBlock(pem: string): Buffer {
  if (pem.length > CHARACTERS_MAX) {
    throw new Malformed(`it has ${pem.length} characters, and at most ${CHARACTERS_MAX} are read`)
  }
  const { label, der } = fromPem(pem)
  if (!LABELS.includes(label)) throw new Malformed(`it must begin with "-----BEGIN ${LABELS[0]}-----"`)
  checkDeeply(readDer(der))
  return der
}

/** CertificationRequestInfo (RFC 2986, section 4.1). Programs that ask for nothing may leave the attributes away. */
function readRequest(der: Buffer): Request {
  const signed = readSigned(der)
  const body = new Members(signed.body)
  if (numberOf(body.take(TAG.integer)) !== VERSION_1) throw new Malformed('its version must be 1 (written as 0)')
  const subject = body.take(TAG.sequence)
  const publicKey = wholeOf(body.take(TAG.sequence))
  const attributes = body.takeOptional(explicitTag(0))
  body.end()
  return { signed, subject, publicKey, attributes }
}

/**
 * RSA of a size between those of KEY_TYPES is refused: a certificate's key type is one of them wherever it is shown,
 * and no program makes other sizes unless it is told to.
 */
function checkKey(publicKey: Buffer): KeyType {
  const rsa = readRsaKey(publicKey)
  if (rsa !== undefined && (rsa.exponent < EXPONENT_MIN || rsa.exponent > EXPONENT_MAX || rsa.exponent % 2n === 0n)) {
    throw new Malformed(`its RSA key has a public exponent that is not safe; make one with ${EXPONENT_MIN}`)
  }
  const keyType = keyTypeOf(publicKey)
  if (keyType !== undefined) return keyType
  const found = rsa === undefined ? 'its key is of another type' : `its RSA key has ${rsa.bits} bits`
  throw new Malformed(
    `${found}: use EC P-256 or P-384 (named curve, uncompressed point), Ed25519, or RSA with 2048, 3072 or 4096 bits`,
  )
}

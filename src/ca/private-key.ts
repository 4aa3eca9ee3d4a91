import { createPrivateKey, type KeyObject } from 'node:crypto'
import { Malformed } from './der-reader.ts'
import { privateKeyPem } from './key-pair.ts'
import { checkEncryptedKey, encryptPrivateKey } from './pbes2.ts'
import { fromPem, type PemBlock, toPem } from './pem.ts'

const PLAIN_LABEL = 'PRIVATE KEY'
const ENCRYPTED_LABEL = 'ENCRYPTED PRIVATE KEY'

/** OpenSSL's PEM_BUFSIZE: openssl and Node read no longer ones from anybody. */
const PASSPHRASE_OCTETS_MAX = 1024

/**
 * The authority's key as the text of its file: PKCS#8, encrypted when a passphrase is given.
 * @throws Error when the passphrase is empty or longer than openssl reads
 */
export function encodeAuthorityKey(key: KeyObject, passphrase: Buffer | undefined): string {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  if (passphrase === undefined) return privateKeyPem(pkcs8)
  checkPassphrase(passphrase)
  return toPem(ENCRYPTED_LABEL, encryptPrivateKey(pkcs8, passphrase))
}

function checkPassphrase(passphrase: Buffer): void {
  if (passphrase.length === 0) throw new Error("the passphrase for the authority's key is empty")
  if (passphrase.length > PASSPHRASE_OCTETS_MAX) {
    throw new Error(`the passphrase for the authority's key is longer than ${PASSPHRASE_OCTETS_MAX} octets`)
  }
}

/**
 * Reads the text of the authority's key file. A passphrase given for a plain key is not used.
 * @throws Error in plain words, in which neither key nor passphrase stand
 */
export function decodeAuthorityKey(
  pem: string,
  passphrase: Buffer | undefined,
): { key: KeyObject; encrypted: boolean } {
  const { label, der } = readBlock(pem)
  if (label === PLAIN_LABEL) return { key: importPlain(der), encrypted: false }
  if (passphrase === undefined) throw new Error("the authority's key is encrypted and no passphrase given")
  checkPassphrase(passphrase)
  return { key: importEncrypted(der, passphrase), encrypted: true }
}

function readBlock(pem: string): PemBlock {
  try {
    const block = fromPem(pem)
    if (block.label === ENCRYPTED_LABEL) checkEncryptedKey(block.der)
    else if (block.label !== PLAIN_LABEL) throw new Malformed(`it holds a block "${block.label}", not PKCS#8`)
    return block
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw damaged(error.message)
  }
}

function importPlain(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    throw damaged('there is no private key in it')
  }
}

function importEncrypted(der: Buffer, passphrase: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8', passphrase })
  } catch {
    throw new Error("wrong passphrase for the authority's key (or its encrypted part was altered)")
  }
}

function damaged(reason: string): Error {
  return new Error(
    `the authority's key is damaged: ${reason}. It must be one PEM block "${PLAIN_LABEL}" or "${ENCRYPTED_LABEL}", as openssl pkcs8 -topk8 writes it`,
  )
}

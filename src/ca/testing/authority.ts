import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { KeyType } from '../../domain/key-type.ts'
import { type Authority, createAuthority, openAuthority } from '../authority.ts'
import { generateKeyPair, type KeyPair } from '../key-pair.ts'

/** When the certificates of these tests are made; openssl is told the time by -attime. */
export const NOW = new Date('2030-06-01T12:00:00Z')

export function keyObject(pair: KeyPair): KeyObject {
  return createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' })
}

export async function newAuthority(keyType: KeyType = 'ec-p256', now = NOW): Promise<Authority> {
  const key = keyObject(await generateKeyPair(keyType))
  return openAuthority(key, createAuthority(key, now).der)
}

/** The time for openssl's -attime. */
export function atTime(time: Date): string[] {
  return ['-attime', String(Math.floor(time.getTime() / 1000))]
}

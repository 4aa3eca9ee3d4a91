import type { IssuedCertificate } from '../ca/authority.ts'
import { readCertificateRequest } from '../ca/certificate-request.ts'
import { generateKeyPair } from '../ca/key-pair.ts'
import { createClientKey } from '../ca/tls-crypt-v2.ts'
import { keyContext, tlsCryptContext } from '../domain/key-context.ts'
import type { KeyType } from '../domain/key-type.ts'
import type { Fqdn } from '../domain/names.ts'
import type { Unit } from '../unit.ts'

/** Where a gateway's key comes from: a request that it made itself, or a pair of some type made here. */
export type KeySource = { csr: string } | { keyType: KeyType }

/** A certificate with the secrets that belong to it, sealed. No row yet. */
export type Identity = { certificate: IssuedCertificate; sealedKey: Buffer | null; sealedTlsCryptKey: Buffer }

/**
 * Makes what a gateway identifies itself with. Slow, and so done before the transaction that keeps it.
 * @throws Problem bad-csr, authority-ended
 */
export async function makeIdentity(unit: Unit, name: Fqdn, source: KeySource): Promise<Identity> {
  const pair =
    'csr' in source
      ? { publicKey: readCertificateRequest(source.csr, name).publicKey, privateKey: undefined }
      : await generateKeyPair(source.keyType)
  const now = unit.now()
  const wanted = { kind: 'gateway', name, publicKey: pair.publicKey, days: unit.config.certDays, now } as const
  const certificate = unit.authority.issue(wanted)
  const { serial } = certificate
  const tlsCryptKey = createClientKey(unit.tlsCryptKey.reveal(), now)
  return {
    certificate,
    sealedKey: pair.privateKey === undefined ? null : unit.vault.seal(pair.privateKey, keyContext(serial)),
    sealedTlsCryptKey: unit.vault.seal(Buffer.from(tlsCryptKey), tlsCryptContext(serial)),
  }
}

/** Keeps an identity as the gateway's current one. Inside a transaction. */
export function keepIdentity(unit: Unit, gatewayId: number, identity: Identity, issuedAt: Date): void {
  const { certificate, ...sealed } = identity
  unit.store.certificates.insert({ kind: 'gateway', gatewayId, issuedAt, ...certificate, ...sealed })
}

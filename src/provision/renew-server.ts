import { generateKeyPair } from '../ca/key-pair.ts'
import { keyContext } from '../domain/key-context.ts'
import { AUTHORITY_DAYS, isServerCertificateDue } from '../domain/lifetime.ts'
import type { CertificateRow } from '../store/certificates.ts'
import type { Unit } from '../unit.ts'
import { change, SERVICE } from './change.ts'

/**
 * Gives the server its certificate when it has none or when its own is near the end. OpenVPN goes on with the one it
 * has read until it is restarted, which health then asks for. Returns whether there is a new one.
 */
export async function renewServer(unit: Unit): Promise<boolean> {
  const former = unit.store.certificates.findServer()
  if (former !== undefined && !isDue(unit, former)) return false
  const { keyType } = unit.authority.certificate
  const pair = await generateKeyPair(keyType)
  const name = unit.serverName
  const wanted = { kind: 'server', name, publicKey: pair.publicKey, days: AUTHORITY_DAYS, now: unit.now() } as const
  const certificate = unit.authority.issue(wanted)
  const { serial } = certificate
  await change(unit, SERVICE, '/status', (step) => {
    if (former !== undefined) unit.store.certificates.supersede(former.serial, step.at)
    unit.store.certificates.insert({
      ...certificate,
      kind: 'server',
      gatewayId: null,
      sealedKey: unit.vault.seal(pair.privateKey, keyContext(serial)),
      sealedTlsCryptKey: null,
      issuedAt: step.at,
    })
    step.touched.server = true
    step.record('server.renew', name, { serial, former: former?.serial ?? null })
  })
  return true
}

function isDue(unit: Unit, certificate: CertificateRow): boolean {
  const life = { from: certificate.notBefore, until: certificate.notAfter }
  return isServerCertificateDue(life, unit.authority.certificate.notAfter, unit.now())
}

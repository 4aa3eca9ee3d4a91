import { type FORMER, renewableFromText } from '../domain/certificate.ts'
import { renewableFrom } from '../domain/lifetime.ts'
import type { Fqdn } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { OrderReceipt } from '../feed/orders.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Caller, changeAndEnd } from './change.ts'
import { type KeySource, keepIdentity, makeIdentity } from './identity.ts'
import { type Expectation, knownGateway } from './known.ts'
import { revokeCertificates } from './revoke-certificates.ts'

export type WantedRenewal = {
  force: boolean
  old: (typeof FORMER)[number]
  /** Where the new key comes from; without it, from where the former came, if that was here. */
  key?: KeySource | undefined
}

/** What came of a renewal. Sessions are ended, and serials revoked, where that was wanted. */
export type Renewal = { gateway: GatewayRow; revokedSerials: string[]; sessions: OrderReceipt }

/**
 * Gives a gateway a new key pair and certificate, in whatever state the former one is. The former ones stay good until
 * they end (`keep`), until the new one is first used (`retire`), or are all revoked at once (`revoke`).
 * @throws Problem gateway-unknown, renewal-too-early, retire-needs-agent, bad-csr, authority-ended
 */
export async function renewGateway(
  unit: Unit,
  caller: Caller,
  name: Fqdn,
  wanted: WantedRenewal,
  expect: Expectation<GatewayRow>,
): Promise<Renewal> {
  const source = admit(unit, knownGateway(unit, name), wanted)
  const identity = await makeIdentity(unit, name, source)
  const { value, sessions } = await changeAndEnd(unit, caller, `/gateway/${name}`, (step) => {
    const gateway = knownGateway(unit, name)
    expect(gateway)
    admit(unit, gateway, wanted)
    const former = unit.store.certificates.listOfGateway(gateway.id)
    const revokedSerials = wanted.old === 'revoke' ? revokeCertificates(unit, step, former, 'superseded') : []
    if (revokedSerials.length > 0) {
      step.renewCrl()
      step.endSessions(name)
    }
    if (wanted.old === 'retire') unit.store.certificates.retireOfGateway(gateway.id)
    unit.store.certificates.supersede(gateway.serial, step.at)
    step.tellAgents(name)
    keepIdentity(unit, gateway.id, identity, step.at)
    step.record('gateway.renew', name, {
      serial: identity.certificate.serial,
      former: gateway.serial,
      old: wanted.old,
      revokedSerials,
    })
    return { gateway: knownGateway(unit, name), revokedSerials }
  })
  return { ...value, sessions }
}

/** Whether the renewal may be, and where its key comes from. */
function admit(unit: Unit, gateway: GatewayRow, wanted: WantedRenewal): KeySource {
  if (wanted.old === 'retire' && unit.store.hosts.names().length === 0) {
    throw new Problem(
      'retire-needs-agent',
      '"retire" revokes the former certificate when the new one is first used, and only an agent can see that; none has ever reported. Ask for "keep" or "revoke".',
      { gateway: gateway.name },
    )
  }
  if (!wanted.force && unit.now() < renewableFrom(gateway.notAfter, unit.config.renewDays)) {
    const from = renewableFromText(gateway.notAfter, unit.config.renewDays)
    throw new Problem(
      'renewal-too-early',
      `The certificate of ${gateway.name} can be renewed from ${from} on, ${unit.config.renewDays} days before its end; earlier with "force": true.`,
      { gateway: gateway.name, renewableFrom: from },
    )
  }
  return sourceOf(unit, gateway, wanted)
}

/** A key that was never here must not come to be here by an oversight: that has to be asked for. */
function sourceOf(unit: Unit, gateway: GatewayRow, { key }: WantedRenewal): KeySource {
  if (key !== undefined) return key
  if (unit.store.certificates.find(gateway.serial)?.sealedKey) return { keyType: gateway.keyType }
  throw new Problem(
    'bad-csr',
    `The key of ${gateway.name} was made by the gateway itself: send a new "csr", or a "keyType" if it is to be made here from now on.`,
    { gateway: gateway.name },
  )
}

import { type Static, Type } from 'typebox'
import { FORMER } from '../domain/certificate.ts'
import { parseFqdn } from '../domain/names.ts'
import { knownGateway } from '../provision/known.ts'
import { renewGateway } from '../provision/renew-gateway.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, GATEWAY_PATHS, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { keySourceOf } from './key-source.ts'
import { CertificateRecord, Csr, KeyTypeName, Name, oneOf } from './schemas.ts'
import { RenewedGateway } from './session-schemas.ts'
import { viewEndedSessions, viewLive } from './session-views.ts'
import { viewCertificateRecord, viewGateway } from './views.ts'

const strict = { additionalProperties: false }
const params = Type.Object({ fqdn: Name }, strict)
const tags = ['certificates']

const Renewal = Type.Object(
  {
    force: Type.Optional(Type.Boolean({ description: 'Renew though it is not due' })),
    old: Type.Optional(
      oneOf(
        FORMER,
        'What becomes of the former certificates: keep (the default), good until they end; revoke, all at once; retire, revoked when the new one is first used',
      ),
    ),
    csr: Type.Optional(Csr),
    keyType: Type.Optional(KeyTypeName),
  },
  strict,
)

/** A bare POST is the common case: curl -X POST sends no body, and then no content type either. */
const OptionalRenewal = Type.Unsafe<Static<typeof Renewal> | null>({ ...Renewal, type: ['object', 'null'] })

/** A gateway's certificates, and renewing the current one. */
export function gatewayCertificateRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    api.get(
      `${path}/certificates`,
      {
        schema: {
          tags,
          summary: 'List every certificate of a gateway, the newest first',
          params,
          response: {
            200: listAnswer(CertificateRecord, 'The certificates, superseded and revoked ones too'),
            ...refusals,
          },
        },
      },
      (request, reply) => {
        const { id } = knownGateway(unit, parseFqdn(request.params.fqdn))
        const now = unit.now()
        const certificates = unit.store.certificates.listOfGateway(id)
        return reply.send(certificates.map((certificate) => viewCertificateRecord(unit, certificate, now)))
      },
    )

    api.post(
      `${path}/renew`,
      {
        schema: {
          tags,
          summary: 'Renew a gateway: new key pair, new certificate',
          params,
          body: OptionalRenewal,
          response: { 201: answer(RenewedGateway, 'The gateway with its new certificate'), ...refusals },
        },
      },
      async (request, reply) => {
        const { force = false, old = 'keep', ...key } = request.body ?? {}
        const name = parseFqdn(request.params.fqdn)
        const expect = expectMatch(request, (row: Parameters<typeof viewGateway>[1]) => viewGateway(unit, row))
        const wanted = { force, old, key: keySourceOf(key) }
        const { gateway, revokedSerials, sessions } = await renewGateway(unit, callerOf(request), name, wanted, expect)
        const beside = old === 'revoke' ? { revokedSerials, sessions: viewEndedSessions(sessions) } : {}
        reply.code(201).header('location', `/gateway/${gateway.name}`)
        return sendObject(request, reply, viewGateway(unit, gateway), { live: viewLive(unit, name), beside })
      },
    )
  }
}

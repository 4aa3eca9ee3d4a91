import { Type } from 'typebox'
import { type Fqdn, parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { knownGateway, knownUser } from '../provision/known.ts'
import { setGatewayDisabled } from '../provision/set-gateway-disabled.ts'
import type { GatewayRow } from '../store/gateways.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, GATEWAY_PATHS, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { linkNext, pageOf } from './paging.ts'
import { Csr, DeletionReceipt, Gateway, GatewaySummary, KeyTypeName, Name, pageQuery, Time } from './schemas.ts'
import { viewGateway, viewGatewaySummary } from './views.ts'

const strict = { additionalProperties: false }
const params = Type.Object({ fqdn: Name }, strict)
const tags = ['gateways']

const NewGateway = Type.Object(
  {
    name: Name,
    user: Name,
    slot: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
    csr: Type.Optional(Csr),
    keyType: Type.Optional(KeyTypeName),
  },
  strict,
)

const listQuery = Type.Object({ ...pageQuery, user: Type.Optional(Name), expiresBefore: Type.Optional(Time) }, strict)

/** The devices and routers. */
export function gatewayRoutes(api: Api, unit: Unit): void {
  api.get(
    '/gateways',
    {
      schema: {
        tags,
        summary: 'List gateways, by name',
        querystring: listQuery,
        response: { 200: listAnswer(GatewaySummary, 'The gateways'), ...refusals },
      },
    },
    (request, reply) => {
      const page = pageOf(request.query)
      const { user, expiresBefore } = request.query
      const gateways = unit.store.gateways.list({
        ...page,
        ...(user === undefined ? {} : { userNumber: knownUser(unit, parseUserName(user)).number }),
        ...(expiresBefore === undefined ? {} : { before: new Date(expiresBefore) }),
      })
      linkNext(reply, page, gateways, gateways.at(-1)?.name ?? '')
      const now = unit.now()
      return reply.send(gateways.map((gateway) => viewGatewaySummary(unit, gateway, now)))
    },
  )

  api.post(
    '/gateways',
    {
      schema: {
        tags,
        summary: 'Create a gateway with its prefix and certificate',
        body: NewGateway,
        response: { 201: answer(Gateway, 'The gateway'), ...refusals },
      },
    },
    async (request, reply) => {
      const { name, user, slot, csr, keyType } = request.body
      if (csr !== undefined && keyType !== undefined) {
        throw new Problem('bad-request', 'Send "csr" or "keyType", not both: the request says what key it has.')
      }
      const key = csr === undefined ? { keyType: keyType ?? unit.config.keyType } : { csr }
      const wanted = { name: parseFqdn(name), user: parseUserName(user), slot, key }
      const gateway = await createGateway(unit, callerOf(request), wanted)
      reply.code(201).header('location', `/gateway/${gateway.name}`)
      return sendObject(request, reply, viewGateway(unit, gateway))
    },
  )

  for (const path of GATEWAY_PATHS) oneGateway(api, unit, path)
}

function oneGateway(api: Api, unit: Unit, path: (typeof GATEWAY_PATHS)[number]): void {
  const view = (gateway: GatewayRow) => viewGateway(unit, gateway)
  const shown = { 200: answer(Gateway, 'The gateway'), ...refusals }

  api.get(path, { schema: { tags, summary: 'Show a gateway', params, response: shown } }, (request, reply) =>
    sendObject(request, reply, view(knownGateway(unit, parseFqdn(request.params.fqdn)))),
  )

  api.patch(
    path,
    {
      schema: {
        tags,
        summary: 'Disable a gateway, or enable it again',
        params,
        body: Type.Object({ disabled: Type.Boolean() }, strict),
        response: shown,
      },
    },
    async (request, reply) => {
      const name = parseFqdn(request.params.fqdn)
      const { disabled } = request.body
      const gateway = await setGatewayDisabled(unit, callerOf(request), name, disabled, expectMatch(request, view))
      return sendObject(request, reply, view(gateway))
    },
  )

  api.delete(
    path,
    {
      schema: {
        tags,
        summary: 'Delete a gateway and revoke its certificates',
        params,
        response: { 200: answer(DeletionReceipt, 'What was revoked'), ...refusals },
      },
    },
    async (request, reply) => {
      const name: Fqdn = parseFqdn(request.params.fqdn)
      const receipt = await deleteGateway(unit, callerOf(request), name, expectMatch(request, view))
      return reply.send({ ...receipt, sessionsEnded: 0, notice: NO_AGENT })
    },
  )
}

/** OpenVPN asks for the revocation list at a handshake only [facts 3.3]. */
const NO_AGENT =
  'New handshakes are refused from now on. Nothing here can end a session that is up: it lasts until the gateway or OpenVPN is restarted.'

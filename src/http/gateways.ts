import { type Static, Type } from 'typebox'
import { type Fqdn, parseFqdn, parseUserName } from '../domain/names.ts'
import type { OrderReceipt } from '../feed/orders.ts'
import { createGateway, type WantedGateway } from '../provision/create-gateway.ts'
import { createGateways } from '../provision/create-gateways.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { forEachItem } from '../provision/items.ts'
import { knownGateway, knownUser } from '../provision/known.ts'
import { setGatewayDisabled } from '../provision/set-gateway-disabled.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, GATEWAY_PATHS, listAnswer, oneOrManyAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch, sendObject } from './conditions.ts'
import { keySourceOf } from './key-source.ts'
import { badQuery, linkNext, pageOf } from './paging.ts'
import { Csr, Gateway, GatewaySummary, KeyTypeName, Name, oneOrMany, pageQuery, Time } from './schemas.ts'
import { ChangedGateway, DeletionReceipt } from './session-schemas.ts'
import { viewEndedSessions, viewLive } from './session-views.ts'
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

/** In bytes: as many items as one call takes, each with the certificate request of a large key. */
const LIST_LIMIT = 2 * 1024 * 1024

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
        ...(expiresBefore === undefined ? {} : { before: timeOf(expiresBefore) }),
      })
      linkNext(reply, page, gateways, gateways.at(-1)?.name ?? '')
      const now = unit.now()
      return reply.send(gateways.map((gateway) => viewGatewaySummary(unit, gateway, now)))
    },
  )

  createRoute(api, unit)
  for (const path of GATEWAY_PATHS) oneGateway(api, unit, path)
}

/** The format of a time lets a leap second pass, and an offset without minutes; a Date knows neither. */
function timeOf(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw badQuery('expiresBefore', 'must be a time such as 2027-01-31T00:00:00Z')
  return time
}

function createRoute(api: Api, unit: Unit): void {
  api.post(
    '/gateways',
    {
      bodyLimit: LIST_LIMIT,
      schema: {
        tags,
        summary: 'Create a gateway with its prefix and certificate, or a list of them, all or none',
        body: oneOrMany(NewGateway),
        response: { 201: oneOrManyAnswer(Gateway, 'What was created'), ...refusals },
      },
    },
    async (request, reply) => {
      const { body } = request
      if (Array.isArray(body)) {
        const wanted = forEachItem(body, (item) => wantedGateway(unit, item))
        const gateways = await createGateways(unit, callerOf(request), wanted)
        return reply.code(201).send(gateways.map((one) => ({ ...viewGateway(unit, one), ...viewLive(unit, one.name) })))
      }
      const gateway = await createGateway(unit, callerOf(request), wantedGateway(unit, body))
      reply.code(201).header('location', `/gateway/${gateway.name}`)
      return sendObject(request, reply, viewGateway(unit, gateway), { live: viewLive(unit, gateway.name) })
    },
  )
}

function wantedGateway(unit: Unit, { name, user, slot, csr, keyType }: Static<typeof NewGateway>): WantedGateway {
  return {
    name: parseFqdn(name),
    user: parseUserName(user),
    slot,
    key: keySourceOf({ csr, keyType }) ?? { keyType: unit.config.keyType },
  }
}

function oneGateway(api: Api, unit: Unit, path: (typeof GATEWAY_PATHS)[number]): void {
  const view = (gateway: GatewayRow) => viewGateway(unit, gateway)
  const shown = { 200: answer(Gateway, 'The gateway'), ...refusals }

  api.get(path, { schema: { tags, summary: 'Show a gateway', params, response: shown } }, (request, reply) => {
    const gateway = knownGateway(unit, parseFqdn(request.params.fqdn))
    return sendObject(request, reply, view(gateway), { live: viewLive(unit, gateway.name) })
  })

  api.patch(
    path,
    {
      schema: {
        tags,
        summary: 'Disable a gateway, or enable it again',
        params,
        body: Type.Object({ disabled: Type.Boolean() }, strict),
        response: { 200: answer(ChangedGateway, 'The gateway, and what became of its sessions'), ...refusals },
      },
    },
    async (request, reply) => {
      const name = parseFqdn(request.params.fqdn)
      const { disabled } = request.body
      const done = await setGatewayDisabled(unit, callerOf(request), name, disabled, expectMatch(request, view))
      const beside = disabled ? { sessions: viewEndedSessions(done.sessions) } : {}
      return sendObject(request, reply, view(done.value), { live: viewLive(unit, name), beside })
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
      const { value, sessions } = await deleteGateway(unit, callerOf(request), name, expectMatch(request, view))
      return reply.send({ ...value, ...viewEndedSessions(sessions), notice: noticeOf(sessions) })
    },
  )
}

/** What an administrator must know of a removal that is made. */
function noticeOf({ instances, notReached }: OrderReceipt): string {
  if (notReached.length > 0) return `New handshakes are refused. ${NOT_REACHED}: ${notReached.join(', ')}.`
  if (instances.length === 0) return NO_AGENT
  const left = instances.reduce((sum, instance) => sum + instance.left, 0)
  return left === 0
    ? 'New handshakes are refused, and no session is left.'
    : `New handshakes are refused. OpenVPN still lists ${left} of its sessions; the agents go on ending them.`
}

const NOT_REACHED = 'These could not be asked within a second, and end its sessions when they can'

/** OpenVPN asks for the revocation list at a handshake only [facts 3.3]. */
const NO_AGENT =
  'New handshakes are refused from now on. There is no agent that could end a session that is up: it lasts until the gateway or OpenVPN is restarted.'

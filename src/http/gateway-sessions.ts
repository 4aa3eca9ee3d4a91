import { Type } from 'typebox'
import { DAY_MS } from '../domain/lifetime.ts'
import { parseFqdn } from '../domain/names.ts'
import { disconnectGateway } from '../provision/disconnect-gateway.ts'
import { knownGateway } from '../provision/known.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { Unit } from '../unit.ts'
import { type Api, answer, GATEWAY_PATHS, listAnswer, refusals } from './api.ts'
import { callerOf } from './authentication.ts'
import { expectMatch } from './conditions.ts'
import { MUST } from './fault-words.ts'
import { badQuery } from './paging.ts'
import { Name, strict } from './schemas.ts'
import { DayTraffic, EndedSessions } from './session-schemas.ts'
import { viewEndedSessions } from './session-views.ts'
import { viewGateway } from './views.ts'

const params = Type.Object({ fqdn: Name }, strict)
const tags = ['sessions']

/** How many days are shown when none are asked for. */
const USUAL_DAYS = 31

const Day = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  [MUST]: 'be a day in UTC, such as 2027-01-31',
  description: 'A day in UTC, such as 2027-01-31',
})

/** Ending a gateway's sessions, and what it sent and received. */
export function gatewaySessionRoutes(api: Api, unit: Unit): void {
  for (const path of GATEWAY_PATHS) {
    disconnectRoute(api, unit, path)
    trafficRoute(api, unit, path)
  }
}

function disconnectRoute(api: Api, unit: Unit, path: (typeof GATEWAY_PATHS)[number]): void {
  api.post(
    `${path}/disconnect`,
    {
      schema: {
        tags,
        summary: 'End the sessions of a gateway, which may connect again',
        params,
        response: { 200: answer(EndedSessions, 'What was found, and ended'), ...refusals },
      },
    },
    async (request, reply) => {
      const name = parseFqdn(request.params.fqdn)
      const expect = expectMatch(request, (row: GatewayRow) => viewGateway(unit, row))
      return reply.send(viewEndedSessions(await disconnectGateway(unit, callerOf(request), name, expect)))
    },
  )
}

function trafficRoute(api: Api, unit: Unit, path: (typeof GATEWAY_PATHS)[number]): void {
  api.get(
    `${path}/traffic`,
    {
      schema: {
        tags,
        summary: 'List what a gateway sent and received, by day',
        params,
        querystring: Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) }, strict),
        response: { 200: listAnswer(DayTraffic, 'The days on which there was any, the oldest first'), ...refusals },
      },
    },
    (request, reply) => {
      const { name } = knownGateway(unit, parseFqdn(request.params.fqdn))
      const to = dayOf('to', request.query.to) ?? unit.now().toISOString().slice(0, 10)
      const from = dayOf('from', request.query.from) ?? daysBefore(to, USUAL_DAYS - 1)
      if (request.query.to !== undefined && from > to) throw badQuery('from', `must not be after the last day, ${to}`)
      return reply.send(unit.store.traffic.list(name, from, to))
    },
  )
}

/** @throws Problem bad-request for a day that no calendar has */
function dayOf(field: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text)) {
    throw badQuery(field, 'must be a day such as 2027-01-31')
  }
  return text
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

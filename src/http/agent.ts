import { Type } from 'typebox'
import type { AgentEvent } from '../domain/agent-feed.ts'
import { Problem } from '../domain/problem.ts'
import { reportHost } from '../provision/host-reports.ts'
import { takeEvents } from '../provision/take-events.ts'
import type { Unit } from '../unit.ts'
import { AgentEventBody, HostName, HostReportBody } from './agent-schemas.ts'
import { agentStateRoute } from './agent-state.ts'
import { type Api, refusals } from './api.ts'
import { expectHost } from './authorization.ts'
import { strict } from './schemas.ts'
import { Count } from './session-schemas.ts'

const tags = ['agents']

const EVENTS_MAX = 1000

/** In bytes: as many events as one call takes, one of them with every client id of an instance. */
const EVENTS_LIMIT = 4 * 1024 * 1024

/** What the agents of the VPN hosts ask and tell. */
export function agentRoutes(api: Api, unit: Unit): void {
  agentStateRoute(api, unit)
  eventsRoute(api, unit)
  hostRoute(api, unit)
}

const EventBatchBody = Type.Object(
  {
    host: HostName,
    outbox: Type.String({ pattern: '^[0-9a-f-]{16,36}$', description: 'Which outbox of that host this is' }),
    first: Count,
    events: Type.Array(AgentEventBody, { maxItems: EVENTS_MAX }),
  },
  strict,
)

function eventsRoute(api: Api, unit: Unit): void {
  api.post(
    '/agent/events',
    {
      config: { scope: 'agent' },
      bodyLimit: EVENTS_LIMIT,
      schema: {
        tags,
        summary: 'Tell what happened on a host; may be told again, and counts once',
        body: EventBatchBody,
        response: {
          200: {
            description: 'How far the outbox is taken',
            content: { 'application/json': { schema: Type.Object({ next: Type.Integer() }, strict) } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { host, outbox, first, events } = request.body
      expectHost(request, host)
      refuseTimes(events)
      return reply.send({ next: await takeEvents(unit, { host, outbox, first, events: events as AgentEvent[] }) })
    },
  )
}

/** The format of a time lets a leap second pass, which a Date does not know. */
function refuseTimes(events: readonly { at: string }[]): void {
  const index = events.findIndex(({ at }) => Number.isNaN(Date.parse(at)))
  if (index < 0) return
  const message = 'must be a time such as 2027-01-31T00:00:00Z'
  throw new Problem('bad-request', `The body is refused: /events/${index}/at ${message}.`, {
    errors: [{ field: `/events/${index}/at`, message }],
  })
}

function hostRoute(api: Api, unit: Unit): void {
  api.put(
    '/agent/hosts/:host',
    {
      config: { scope: 'agent' },
      schema: {
        tags,
        summary: 'Tell how a host is: what it holds, its instances, its routes',
        params: Type.Object({ host: HostName }, strict),
        body: HostReportBody,
        response: { 204: Type.Null({ description: 'It is known' }), ...refusals },
      },
    },
    async (request, reply) => {
      const { host } = request.params
      expectHost(request, host)
      await reportHost(unit, host, request.body)
      return reply.code(204).send(null)
    },
  )
}

import { Type } from 'typebox'
import { Gateway, oneOf, Serial, shared, strict, Time, User } from './schemas.ts'

/** A count that a double holds exactly. */
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const session = {
  gateway: Type.String(),
  user: Type.String(),
  prefix: Type.String(),
  address: Type.String(),
  host: Type.String(),
  instance: Type.Integer(),
  realAddress: Type.String({ description: 'Where the gateway connects from, with its port' }),
  serial: Type.Union([Serial, Type.Null()], { description: 'null when no agent saw the session begin' }),
  since: Time,
  bytesIn: Type.Integer({ description: 'What came from the gateway' }),
  bytesOut: Type.Integer(),
}

export const Session = shared('Session', session)

export const PastSession = shared('PastSession', {
  id: Type.Integer(),
  ...session,
  until: Type.Union([Time, Type.Null()], { description: 'null while it lives' }),
  reason: Type.Union([Type.String(), Type.Null()]),
})

export const DayTraffic = shared('DayTraffic', { day: Type.String(), bytesIn: Bytes, bytesOut: Bytes })

const instanceReceipt = {
  instance: Type.Integer(),
  found: Type.Integer({ description: 'Sessions that were there' }),
  ended: Type.Integer(),
  left: Type.Integer({ description: 'What OpenVPN’s own status still lists at the end' }),
}

export const InstanceReceipt = Type.Object(instanceReceipt, strict)

const ended = {
  sessionsEnded: Type.Integer(),
  instances: Type.Array(Type.Object({ host: Type.String(), ...instanceReceipt }, strict)),
  notReached: Type.Array(Type.String(), {
    description: 'Hosts that did not answer within a second; they are brought in line when they are back',
  }),
}

export const EndedSessions = shared('EndedSessions', ended, { description: 'What was found of sessions, and ended' })

export const DeletionReceipt = shared('DeletionReceipt', {
  gateway: Type.String(),
  revokedSerials: Type.Array(Serial),
  crlNumber: Type.Integer({ description: 'The revocation list that says so, in place when this answer is sent' }),
  ...ended,
  notice: Type.String({ description: 'What this removal does not do by itself' }),
})

const endedBeside = { sessions: Type.Optional(Type.Ref(EndedSessions.$id)) }

export const ChangedGateway = shared('ChangedGateway', { ...Gateway.properties, ...endedBeside })
export const ChangedUser = shared('ChangedUser', { ...User.properties, ...endedBeside })

const routes = {
  connected: Type.Boolean({ description: 'Whether the program that sets the routes can be asked' }),
  wanted: Type.Integer(),
  missing: Type.Integer({ description: 'What is wanted and is not there' }),
  repairs: Type.Integer({ description: 'How often a route that was lost was put back' }),
  fault: Type.Union([Type.String({ maxLength: 1000 }), Type.Null()]),
}

const reported = {
  instance: Type.Integer({ minimum: 0, maximum: 255 }),
  connected: Type.Boolean({ description: 'Whether the agent has its management interface' }),
  version: Type.Union([Type.String({ maxLength: 300 }), Type.Null()]),
  generation: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
  sessions: Type.Integer(),
}

export const Host = shared('Host', {
  name: Type.String(),
  firstSeenAt: Time,
  reportedAt: Time,
  isReachable: Type.Boolean(),
  version: Type.Union([Type.String(), Type.Null()]),
  revision: Type.Union([Type.Integer(), Type.Null()], { description: 'The revision its agent holds' }),
  behind: Type.Union([Type.Integer(), Type.Null()], { description: 'How many revisions it is behind' }),
  instances: Type.Array(Type.Object(reported, strict)),
  routes: Type.Union([Type.Object(routes, strict), Type.Null()]),
  backlog: Type.Integer({ description: 'Events that it holds and the service has not taken' }),
})

/** The body of PUT /agent/hosts/{name}: HostReport of domain/agent-feed.ts. */
export const HostReportBody = Type.Object(
  {
    version: Type.String({ maxLength: 100 }),
    startedAt: Time,
    feed: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
    revision: Type.Union([Type.Integer(), Type.Null()]),
    instances: Type.Array(Type.Object(reported, strict), { maxItems: 256 }),
    routes: Type.Object(routes, strict),
    backlog: Type.Integer({ minimum: 0 }),
  },
  strict,
)

const key = {
  instance: Type.Integer({ minimum: 0, maximum: 255 }),
  generation: Type.String({ minLength: 1, maxLength: 100 }),
  cid: Type.Integer({ minimum: 0 }),
}
const total = { bytesIn: Bytes, bytesOut: Bytes }
const text = Type.String({ maxLength: 300 })
const nullableSerial = Type.Union([Serial, Type.Null()])

const event = <T extends string, P extends object>(type: T, properties: P) =>
  Type.Object({ type: Type.Literal(type), at: Time, ...properties }, strict)

/** AgentEvent of domain/agent-feed.ts. */
export const AgentEventBody = Type.Union([
  event('session-started', { gateway: text, serial: nullableSerial, realAddress: text, ...key }),
  event('session-ended', { ...total, reason: text, ...key }),
  event('traffic', { ...total, ...key }),
  event('sessions-present', {
    instance: key.instance,
    generation: key.generation,
    cids: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 65_536 }),
  }),
  event('refused', { instance: key.instance, gateway: text, serial: nullableSerial, realAddress: text, reason: text }),
  event('order-done', {
    feed: Type.String({ maxLength: 100 }),
    order: Type.Integer({ minimum: 0 }),
    instances: Type.Array(InstanceReceipt, { maxItems: 256 }),
  }),
  event('routes-repaired', { count: Type.Integer({ minimum: 0 }) }),
])

/** The answer of GET /agent/state: FeedAnswer of domain/agent-feed.ts. */
export const FeedAnswerBody = shared('AgentState', {
  feed: Type.String(),
  revision: Type.Integer(),
  whole: Type.Boolean(),
  site: Type.Object(
    { prefix: Type.String(), pushRoutes: Type.Array(Type.String()), secondSession: oneOf(['replace', 'refuse']) },
    strict,
  ),
  gateways: Type.Array(
    Type.Object(
      {
        name: Type.String(),
        user: Type.String(),
        number: Type.Integer(),
        slot: Type.Integer(),
        disabled: Type.Boolean(),
        userDisabled: Type.Boolean(),
        serials: Type.Array(Serial, { description: 'Of certificates that are accepted' }),
        retiring: Type.Array(Serial, { description: 'Those of them that end with the first use of another' }),
      },
      strict,
    ),
  ),
  removed: Type.Array(Type.String()),
  orders: Type.Array(
    Type.Object(
      {
        number: Type.Integer(),
        kind: oneOf(['withdraw', 'disconnect']),
        gateways: Type.Array(Type.String()),
      },
      strict,
    ),
  ),
})

export const SESSION_SCHEMAS = [
  Session,
  PastSession,
  DayTraffic,
  EndedSessions,
  DeletionReceipt,
  ChangedGateway,
  ChangedUser,
  Host,
  FeedAnswerBody,
]

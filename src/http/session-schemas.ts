import { Type } from 'typebox'
import { AppliedRule, RuleShown } from './policy-schemas.ts'
import { Gateway, oneOf, Serial, shared, strict, Time, User } from './schemas.ts'

/** What a double holds exactly. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** One life of the service. */
export const FEED_PATTERN = '^[0-9a-f]{16}$'

/** Text from a host, with nothing in it that a terminal would obey. */
const seen = (maxLength: number) => Type.String({ pattern: '^\\P{C}*$', maxLength })

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

const groups = Type.Array(Type.String(), { description: 'The groups of the gateway, by itself or by its user' })

const rules = Type.Optional(
  Type.Array(Type.Ref(AppliedRule.$id), {
    description: 'With rules=true: what holds for it, in the order it is asked',
  }),
)

export const Session = shared('Session', { ...session, groups, rules })

export const PastSession = shared('PastSession', {
  id: Type.Integer(),
  ...session,
  until: Type.Union([Time, Type.Null()], { description: 'null while it lives' }),
  reason: Type.Union([Type.String(), Type.Null()]),
})

export const DayTraffic = shared('DayTraffic', { day: Type.String(), bytesIn: Count, bytesOut: Count })

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
  fault: Type.Union([seen(1000), Type.Null()]),
}

const firewall = {
  state: oneOf(['in place', 'failing']),
  gateways: Type.Integer({ description: 'Connected ones that it lets through' }),
  drift: Type.Integer({ description: 'How often the kernel had another table than the one that is wanted' }),
  cut: Type.Integer({ description: 'Connections that were ended because they may not be any more' }),
  fault: Type.Union([seen(1000), Type.Null()]),
}

const reported = {
  instance: Type.Integer({ minimum: 0, maximum: 255 }),
  connected: Type.Boolean({ description: 'Whether the agent has its management interface' }),
  version: Type.Union([seen(300), Type.Null()]),
  generation: Type.Union([seen(100), Type.Null()]),
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
  firewall: Type.Union([Type.Object(firewall, strict), Type.Null()]),
  backlog: Type.Integer({ description: 'Events that it holds and the service has not taken' }),
})

/** The body of PUT /agent/hosts/{name}: HostReport of domain/agent-feed.ts. */
export const HostReportBody = Type.Object(
  {
    version: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z.+-]*$', maxLength: 100 }),
    startedAt: Time,
    feed: Type.Union([Type.String({ pattern: FEED_PATTERN }), Type.Null()]),
    revision: Type.Union([Count, Type.Null()]),
    instances: Type.Array(Type.Object(reported, strict), { maxItems: 256 }),
    routes: Type.Object(routes, strict),
    firewall: Type.Optional(Type.Object(firewall, strict)),
    backlog: Count,
  },
  strict,
)

const key = {
  instance: Type.Integer({ minimum: 0, maximum: 255 }),
  generation: seen(100),
  cid: Count,
}
const total = { bytesIn: Count, bytesOut: Count }
const text = seen(300)
const nullableSerial = Type.Union([Serial, Type.Null()])
/** RFC 5280, section 4.1.2.2: at most 20 octets, of whichever authority. */
const strangersSerial = Type.Union([Type.String({ pattern: '^[0-9a-f]{1,40}$' }), Type.Null()])

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
    cids: Type.Array(Count, { maxItems: 65_536 }),
  }),
  event('refused', { instance: key.instance, gateway: text, serial: strangersSerial, realAddress: text, reason: text }),
  event('order-done', {
    feed: Type.String({ pattern: FEED_PATTERN }),
    order: Count,
    instances: Type.Array(InstanceReceipt, { maxItems: 256 }),
  }),
  event('routes-repaired', { count: Count }),
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
        groups: Type.Array(Type.String(), { description: 'By itself or with its user, by name' }),
      },
      strict,
    ),
  ),
  policy: Type.Union(
    [
      Type.Object(
        {
          default: oneOf(['open', 'closed']),
          groups: Type.Array(Type.Object({ name: Type.String(), rules: Type.Array(Type.Ref(RuleShown.$id)) }, strict)),
        },
        strict,
      ),
      Type.Null(),
    ],
    { description: 'null when it is as it was told before' },
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

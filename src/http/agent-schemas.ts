import { Type } from 'typebox'
import { FIREWALL_STATES } from '../domain/agent-feed.ts'
import { HOST_LENGTH_MAX, HOST_PATTERN } from '../domain/scope.ts'
import { RuleShown } from './policy-schemas.ts'
import { oneOf, Serial, shared, strict, Time } from './schemas.ts'
import { Count, InstanceReceipt } from './session-schemas.ts'

export const HostName = Type.String({ pattern: HOST_PATTERN, maxLength: HOST_LENGTH_MAX })

/** One life of the service. */
export const FEED_PATTERN = '^[0-9a-f]{16}$'

/** Text from a host, with nothing in it that a terminal would obey. */
const seen = (maxLength: number) => Type.String({ pattern: '^\\P{C}*$', maxLength })

const routes = {
  connected: Type.Boolean({ description: 'Whether the program that sets the routes can be asked' }),
  wanted: Type.Integer(),
  missing: Type.Integer({ description: 'What is wanted and is not there' }),
  repairs: Type.Integer({ description: 'How often a route that was lost was put back' }),
  fault: Type.Union([seen(1000), Type.Null()]),
}

const firewall = {
  state: oneOf(FIREWALL_STATES),
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
    notAsked: Type.Array(key.instance, { maxItems: 256 }),
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

export const AGENT_SCHEMAS = [Host, FeedAnswerBody]

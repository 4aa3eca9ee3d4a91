import type { Fqdn, GroupName, UserName } from './names.ts'
import type { Default } from './policy/policy.ts'
import type { RuleText } from './policy/rule.ts'

/**
 * What the service and the agents of the VPN hosts say to one another: the state that goes down, the events and reports
 * that come up. JSON over the API, in these shapes.
 */

/** What becomes of a second connection of one gateway. */
export const SECOND_SESSION = ['replace', 'refuse'] as const
export type SecondSession = (typeof SECOND_SESSION)[number]

/** Who may connect as a gateway. Addresses follow from number and slot by the plan. */
export type Access = {
  name: Fqdn
  user: UserName
  number: number
  slot: number
  disabled: boolean
  userDisabled: boolean
  /** Serials of certificates that are accepted, lower-case hex. */
  serials: string[]
  /** Those of them that cease to be when another one is used first. */
  retiring: string[]
  /** The groups it is in, by itself or with its user, by name. */
  groups: GroupName[]
}

/** What the groups may, in the words of the API. Who is in them is told with the gateways. */
export type PolicyText = { default: Default; groups: { name: GroupName; rules: RuleText[] }[] }

/** What holds for every gateway. */
export type FeedSite = { prefix: string; pushRoutes: string[]; secondSession: SecondSession }

/**
 * Something to be done at once, beside keeping to the state: end the sessions of these gateways and say what was found.
 * `withdraw`: they may not come back. `disconnect`: they may.
 */
export type Order = { number: number; kind: 'withdraw' | 'disconnect'; gateways: Fqdn[] }

/**
 * The answer of GET /agent/state. Where an agent stands is (feed, revision, the number of the last order): a feed is one
 * life of the service, because a restored database counts its revisions again.
 */
export type FeedAnswer = {
  feed: string
  revision: number
  /** Whether `gateways` is all there are; otherwise those that changed, and `removed` names those that are gone. */
  whole: boolean
  site: FeedSite
  /** null when it is as it was told before. */
  policy: PolicyText | null
  gateways: Access[]
  removed: Fqdn[]
  orders: Order[]
}

/** One connection: OpenVPN counts client ids from 0 in each generation of an instance [facts 4.1]. */
export type SessionKey = { instance: number; generation: string; cid: number }

/** What an order found on one instance. `left` is what `status 3` still shows at the end. */
export type InstanceReceipt = { instance: number; found: number; ended: number; left: number }

/**
 * What happened on a host. Bytes are totals of the session: `bytesIn` came from the gateway. Times are RFC 3339. Each may
 * arrive twice, and counts once.
 */
export type AgentEvent =
  | ({ type: 'session-started'; at: string; gateway: string; serial: string | null; realAddress: string } & SessionKey)
  | ({ type: 'session-ended'; at: string; bytesIn: number; bytesOut: number; reason: string } & SessionKey)
  | ({ type: 'traffic'; at: string; bytesIn: number; bytesOut: number } & SessionKey)
  /** These are all the sessions of an instance: others that were reported are over. */
  | { type: 'sessions-present'; at: string; instance: number; generation: string; cids: number[] }
  | {
      type: 'refused'
      at: string
      instance: number
      gateway: string
      serial: string | null
      realAddress: string
      reason: string
    }
  | {
      type: 'order-done'
      at: string
      feed: string
      order: number
      instances: InstanceReceipt[]
      /** Instances that may have sessions, and could not be asked. */
      notAsked: number[]
    }
  | { type: 'routes-repaired'; at: string; count: number }

/** The body of POST /agent/events: events number `first`, `first` + 1, … of an outbox; what was taken before is skipped. */
export type EventBatch = { host: string; outbox: string; first: number; events: AgentEvent[] }

/** The body of PUT /agent/hosts/{name}: how a host is. */
export type HostReport = {
  version: string
  startedAt: string
  /** Where the agent's copy of the state stands; null while it has none. */
  feed: string | null
  revision: number | null
  instances: {
    instance: number
    connected: boolean
    /** OpenVPN's version, its process and its start, once known. */
    version: string | null
    generation: string | null
    sessions: number
  }[]
  /** What the program that sets the routes says; `connected` is false while it can't be asked. */
  routes: RouteReport & { connected: boolean }
  /** Absent while nobody can be asked, or nobody was told a policy. */
  firewall?: FirewallReport
  /** Events that the service has not taken yet. */
  backlog: number
}

/** The routes of a host: how many are wanted and are not there, and how often one had to be put back. */
export type RouteReport = { wanted: number; missing: number; repairs: number; fault: string | null }

export const FIREWALL_STATES = ['in place', 'failing'] as const

/**
 * The firewall of a host: whether the kernel has the table that is wanted, for how many connected gateways, how often what it
 * had was found to be another, and how many connections were cut because they may not be any more.
 */
export type FirewallReport = {
  state: (typeof FIREWALL_STATES)[number]
  gateways: number
  drift: number
  cut: number
  fault: string | null
}

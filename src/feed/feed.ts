import { randomBytes } from 'node:crypto'
import type { Order } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'
import { EVERY_GATEWAY, type Touched } from '../publish/touched.ts'
import { createChangeLog } from './change-log.ts'
import { createEventLog, type EventLog } from './event-log.ts'
import { createOrders, type OrderReceipt, type Orders } from './orders.ts'
import { createPresence, type Presence } from './presence.ts'

/** Where an agent stands: what it has been told. */
export type Position = { feed: string | undefined; revision: number; order: number }

/** What goes to the agents and to whoever watches, in memory: the database is where it comes from. */
export type Feed = {
  /** Another one in each life of the service: revisions of a restored database count again. */
  readonly id: string
  readonly presence: Presence
  readonly events: EventLog
  readonly orders: Pick<Orders, 'since' | 'last' | 'answer'>
  /** Bytes since the service started: `in` came from gateways. */
  readonly traffic: { readonly in: number; readonly out: number }
  /** Adds to `traffic`. */
  countTraffic(grown: { bytesIn: number; bytesOut: number }): void
  /** To be called after each commit, with what it touched. */
  changed(touched: Pick<Touched, 'gateways' | 'policy'>): void
  /** The gateways that changed since, and whether the policy did; undefined when the whole must be told. */
  touchedSince(position: Position): { gateways: Set<string>; policy: boolean } | undefined
  /** Asks the hosts to end the sessions of gateways, and tells what they answered within a second. */
  order(kind: Order['kind'], gateways: readonly Fqdn[], hosts: readonly string[]): Promise<OrderReceipt>
  /** Until there is something new for a host, or `ms` are over, or the service stops, or the caller is gone. */
  wait(host: string, position: Position, ms: number, gone: AbortSignal): Promise<void>
  /** Aborts when the service stops. */
  readonly stopped: AbortSignal
  /** Ends all waiting. */
  close(): void
}

/** Stands in the log of changes for the policy. No gateway can be called this. */
const POLICY = '@policy'

/** @param revision the revision of the database, as it is when it is called */
export function createFeed(revision: () => number): Feed {
  const id = randomBytes(8).toString('hex')
  const log = createChangeLog(revision())
  const orders = createOrders()
  const presence = createPresence()
  const traffic = { in: 0, out: 0 }
  const waiting = new Set<() => void>()
  const stopping = new AbortController()

  const wake = () => {
    for (const look of waiting) look()
  }

  const hasNews = (host: string, { feed, revision: known, order }: Position) =>
    stopping.signal.aborted || feed !== id || revision() !== known || orders.since(host, order).length > 0

  return {
    id,
    presence,
    events: createEventLog(),
    orders,
    traffic,
    countTraffic: ({ bytesIn, bytesOut }) => {
      traffic.in += bytesIn
      traffic.out += bytesOut
    },
    changed: ({ gateways, policy }) => {
      if (gateways.has(EVERY_GATEWAY)) log.reset(revision())
      else log.record(revision(), policy ? [...gateways, POLICY] : gateways)
      wake()
    },
    touchedSince: (position) => {
      const isOurs = position.feed === id && position.revision <= revision()
      const gateways = isOurs ? log.since(position.revision) : undefined
      return gateways && { policy: gateways.delete(POLICY), gateways }
    },
    order: (kind, gateways, hosts) => {
      const reachable = hosts.filter((host) => presence.isReachable(host))
      const silent = hosts.filter((host) => !presence.isReachable(host))
      const receipt = orders.place(kind, gateways, { reachable, silent })
      wake()
      return receipt
    },
    wait: async (host, position, ms, gone) => {
      const ended = presence.waits(host)
      await new Promise<void>((resolve) => {
        const stop = () => {
          clearTimeout(timer)
          waiting.delete(look)
          gone.removeEventListener('abort', stop)
          resolve()
        }
        const look = () => {
          if (gone.aborted || hasNews(host, position)) stop()
        }
        const timer = setTimeout(stop, ms)
        waiting.add(look)
        gone.addEventListener('abort', stop)
        look()
      })
      ended()
    },
    stopped: stopping.signal,
    close: () => {
      stopping.abort()
      wake()
    },
  }
}

import { formatTime } from '../domain/lifetime.ts'
import type { Fqdn, GroupName } from '../domain/names.ts'
import { addressesOf } from '../domain/plan.ts'
import type { OrderReceipt } from '../feed/orders.ts'
import type { HostRow } from '../store/hosts.ts'
import type { SessionRow } from '../store/sessions.ts'
import type { Unit } from '../unit.ts'
import { viewAppliedRules, viewRules } from './policy-views.ts'

/** What a gateway is doing now, or when it was last seen doing something. */
export function viewLive(unit: Unit, name: Fqdn) {
  const [session] = unit.store.sessions.liveOf(name)
  if (session === undefined) {
    const seen = unit.store.sessions.lastEnd(name)
    return { session: null, lastSeenAt: seen === undefined ? null : formatTime(seen) }
  }
  const { host, instance, realAddress, startedAt } = session
  return { session: { host, instance, realAddress, since: formatTime(startedAt) }, lastSeenAt: null }
}

/** The sessions that live, each with the groups of its gateway, and with their rules where those are asked for. */
export function viewLiveSessions(unit: Unit, withRules: boolean) {
  const groups = unit.store.members.groupsOfAll()
  const rulesOf = memoized((group: GroupName) => viewRules(unit, group))
  return unit.store.sessions.listLive().map((session) => ({
    ...viewSession(unit, session),
    groups: groups.get(session.gateway) ?? [],
    ...(withRules && { rules: viewAppliedRules(unit, { name: session.gateway, user: session.user }, rulesOf) }),
  }))
}

/** Thousands of gateways share the rules of a few groups. */
function memoized<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>()
  return (key) => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}

function viewSession(unit: Unit, session: SessionRow) {
  return {
    gateway: session.gateway,
    user: session.user,
    ...addressesOf(unit.config.plan, session),
    host: session.host,
    instance: session.instance,
    realAddress: session.realAddress,
    serial: session.serial,
    since: formatTime(session.startedAt),
    bytesIn: session.bytesIn,
    bytesOut: session.bytesOut,
  }
}

/** A session of the history, which may live still. */
export function viewPastSession(unit: Unit, session: SessionRow) {
  const { id, endedAt, endReason } = session
  return { id, ...viewSession(unit, session), until: endedAt && formatTime(endedAt), reason: endReason }
}

/** What became of the sessions that a change ended, host by host. */
export function viewEndedSessions({ instances, notReached }: OrderReceipt) {
  const sessionsEnded = instances.reduce((sum, { ended }) => sum + ended, 0)
  return { sessionsEnded, instances, notReached }
}

export function viewHost(unit: Unit, host: HostRow) {
  const { report } = host
  const revision = report?.feed === unit.feed.id ? report.revision : null
  return {
    name: host.name,
    firstSeenAt: formatTime(host.firstSeenAt),
    reportedAt: formatTime(host.reportedAt),
    isReachable: unit.feed.presence.isReachable(host.name),
    version: report?.version ?? null,
    revision,
    behind: revision === null ? null : unit.store.site.revision() - revision,
    instances: report?.instances ?? [],
    routes: report?.routes ?? null,
    firewall: report?.firewall ?? null,
    backlog: report?.backlog ?? 0,
  }
}

/** What the API answers, for those who ask it. */
export type SessionView = ReturnType<typeof viewLiveSessions>[number]
export type PastSessionView = ReturnType<typeof viewPastSession>
export type HostView = ReturnType<typeof viewHost>
export type EndedSessionsView = ReturnType<typeof viewEndedSessions>

import type { EndedSessionsView, PastSessionView, SessionView } from '../http/session-views.ts'
import { formatBytes } from './bytes.ts'
import { type Cell, formatFacts, formatTable } from './table.ts'

/** What a gateway sent and received on a day. */
export type DayView = { day: string; bytesIn: number; bytesOut: number }

export function sessionTable(sessions: readonly SessionView[]): string {
  return formatTable(
    ['GATEWAY', 'USER', 'ADDRESS', 'HOST/INSTANCE', 'FROM', 'SINCE', 'IN', 'OUT'],
    sessions.map((one) => [
      one.gateway,
      one.user,
      one.address,
      placeOf(one),
      one.realAddress,
      one.since,
      ...bytesOf(one),
    ]),
  )
}

/** The reason stands last: it is the one cell that holds blanks. */
export function historyTable(sessions: readonly PastSessionView[]): string {
  return formatTable(
    ['ID', 'GATEWAY', 'USER', 'HOST/INSTANCE', 'FROM', 'SINCE', 'UNTIL', 'IN', 'OUT', 'REASON'],
    sessions.map((one) => [
      one.id,
      one.gateway,
      one.user,
      placeOf(one),
      one.realAddress,
      one.since,
      one.until,
      ...bytesOf(one),
      one.reason,
    ]),
  )
}

export function trafficTable(days: readonly DayView[]): string {
  return formatTable(
    ['DAY', 'IN', 'OUT'],
    days.map((one) => [one.day, ...bytesOf(one)]),
  )
}

/** What became of the sessions that a change ended, a line for each instance that was asked. */
export function endedFacts({ sessionsEnded, instances, notReached }: EndedSessionsView): [string, Cell][] {
  const isManaged = instances.length > 0 || notReached.length > 0
  return [
    ['sessions', isManaged ? `${sessionsEnded} ended` : NO_AGENT],
    ...instances.map(({ found, ended, left, ...place }): [string, Cell] => [
      `on ${placeOf(place)}`,
      `found ${found}, ended ${ended}, left ${left}`,
    ]),
    ...notReached.map((host): [string, Cell] => ['not reached', host]),
  ]
}

const NO_AGENT = 'there is no agent that could end one: what is connected stays so'

export function endedText(ended: EndedSessionsView): string {
  return formatFacts(endedFacts(ended))
}

export function placeOf({ host, instance }: { host: string; instance: number }): string {
  return `${host}/${instance}`
}

function bytesOf({ bytesIn, bytesOut }: { bytesIn: number; bytesOut: number }): [string, string] {
  return [formatBytes(bytesIn), formatBytes(bytesOut)]
}

import { countOf } from '../domain/count.ts'
import type { HostView } from '../http/session-views.ts'
import { type Cell, formatFacts, formatTable } from './table.ts'

export function hostTable(hosts: readonly HostView[]): string {
  return formatTable(
    ['NAME', 'REACHABLE', 'REPORTED', 'BEHIND', 'INSTANCES', 'SESSIONS', 'ROUTES', 'MISSING', 'REPAIRS', 'BACKLOG'],
    hosts.map(({ name, isReachable, reportedAt, behind, instances, routes, backlog }) => [
      name,
      isReachable,
      reportedAt,
      behind,
      `${instances.filter(({ connected }) => connected).length}/${instances.length}`,
      instances.reduce((sum, { sessions }) => sum + sessions, 0),
      routes?.wanted,
      routes?.missing,
      routes?.repairs,
      backlog,
    ]),
  )
}

export function hostFacts(host: HostView): string {
  return formatFacts([
    ['name', host.name],
    ['reachable', host.isReachable],
    ['first seen', host.firstSeenAt],
    ['reported', host.reportedAt],
    ['agent', host.version],
    ['revision', host.revision === null ? null : `${host.revision}, ${host.behind} behind`],
    ...host.instances.map((instance): [string, Cell] => [`instance ${instance.instance}`, instanceWords(instance)]),
    ...routeFacts(host.routes),
    ['firewall', firewallWords(host.firewall)],
    ['backlog', countOf(host.backlog, 'event')],
  ])
}

function instanceWords({ connected, sessions, version }: HostView['instances'][number]): string {
  return connected ? `connected, ${countOf(sessions, 'session')}, ${version ?? 'version not known'}` : 'NOT CONNECTED'
}

function firewallWords(firewall: HostView['firewall']): Cell {
  if (firewall === null) return null
  const { state, gateways, drift, cut, fault } = firewall
  const counts = [
    countOf(gateways, 'gateway'),
    `${countOf(drift, 'time')} put right`,
    `${countOf(cut, 'connection')} cut`,
  ]
  return `${[state, ...counts].join(', ')}${fault === null ? '' : `: ${fault}`}`
}

function routeFacts(routes: HostView['routes']): [string, Cell][] {
  if (routes === null) return [['routes', null]]
  const { connected, wanted, missing, repairs, fault } = routes
  const facts: [string, Cell][] = [
    ['routes', connected ? `${wanted} wanted, ${missing} missing` : 'vpnunit apply can’t be asked'],
    ['repairs', repairs],
  ]
  return fault === null ? facts : [...facts, ['fault', fault]]
}

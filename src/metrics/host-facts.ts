import type { HostReport } from '../domain/agent-feed.ts'
import type { Unit } from '../unit.ts'
import type { Fact, Reading } from './facts.ts'

type ReachableHost = { name: string; report: HostReport | null; behind: number | undefined }

export type HostSource = {
  sessions: Record<string, number>
  reachable: Record<string, number>
  /** Those that can be asked now: what another one said last is of no use. */
  hosts: readonly ReachableHost[]
  events: Record<string, number>
  traffic: { in: number; out: number }
}

/** What the agents of the VPN hosts tell. */
export const HOST_FACTS: readonly Fact<HostSource>[] = [
  { name: 'vpnunit_sessions', help: 'Live sessions.', label: 'host', read: ({ sessions }) => sessions },
  {
    name: 'vpnunit_host_reachable',
    help: 'Whether the agent of a known host asks for news. Where not, the others of the host are absent.',
    label: 'host',
    read: ({ reachable }) => reachable,
  },
  ofHosts('vpnunit_host_revisions_behind', 'Changes that the agent has not said to hold yet.', ({ behind }) => behind),
  ofReports('vpnunit_host_instances_connected', 'OpenVPN instances that the agent is connected to.', (report) =>
    countInstances(report, true),
  ),
  ofReports('vpnunit_host_instances_not_connected', 'OpenVPN instances that it should be connected to.', (report) =>
    countInstances(report, false),
  ),
  ofReports('vpnunit_host_routes_wanted', 'Routes there should be.', ({ routes }) => routeFact(routes, routes.wanted)),
  ofReports('vpnunit_host_routes_missing', 'Routes that are not there.', ({ routes }) =>
    routeFact(routes, routes.missing),
  ),
  ofReports('vpnunit_host_repairs_total', 'Lost routes that were put back.', ({ routes }) =>
    routeFact(routes, routes.repairs),
  ),
  ofReports(
    'vpnunit_host_firewall_in_place',
    'Whether the kernel has the table that the policy means.',
    ({ firewall }) => (firewall === undefined ? undefined : Number(firewall.state === 'in place')),
  ),
  ofReports(
    'vpnunit_host_firewall_drift_total',
    'How often the kernel had another table than it was left.',
    ({ firewall }) => firewall?.drift,
  ),
  ofReports(
    'vpnunit_host_firewall_cut_total',
    'Connections that were ended because they may not be any more.',
    ({ firewall }) => firewall?.cut,
  ),
  ofReports('vpnunit_host_backlog', 'Events that the service has not taken yet.', ({ backlog }) => backlog),
  {
    name: 'vpnunit_events_total',
    help: 'What happened since the start, by type, as GET /events tells it.',
    label: 'type',
    read: ({ events }) => ({ ...ALWAYS, ...events }),
  },
  {
    name: 'vpnunit_traffic_bytes_total',
    help: 'Bytes since the start: in came from gateways.',
    label: 'direction',
    read: ({ traffic }) => traffic,
  },
]

/** A counter that begins with its first event has no rate for it. */
const ALWAYS = { 'session-started': 0, 'session-ended': 0, refused: 0 }

function ofHosts(name: string, help: string, read: (host: ReachableHost) => number | undefined): Fact<HostSource> {
  const readAll = ({ hosts }: HostSource): Reading => {
    const values = hosts.map((host) => [host.name, read(host)] as const)
    return Object.fromEntries(values.filter((entry): entry is [string, number] => entry[1] !== undefined))
  }
  return { name, help: `${help} By host.`, label: 'host', read: readAll }
}

function ofReports(name: string, help: string, read: (report: HostReport) => number | undefined): Fact<HostSource> {
  return ofHosts(name, help, ({ report }) => (report === null ? undefined : read(report)))
}

function countInstances({ instances }: HostReport, isConnected: boolean): number {
  return instances.filter(({ connected }) => connected === isConnected).length
}

/** While the program that sets the routes can't be asked, nobody knows. */
function routeFact({ connected }: HostReport['routes'], value: number): number | undefined {
  return connected ? value : undefined
}

export function readHosts({ store, feed }: Unit): HostSource {
  const revision = store.site.revision()
  const known = store.hosts.list()
  const isReachable = ({ name }: { name: string }) => feed.presence.isReachable(name)
  const none = known.map(({ name }) => [name, 0])
  const live = store.sessions.liveByHost().map(({ host, sessions }) => [host, sessions])
  return {
    sessions: Object.fromEntries([...none, ...live]),
    reachable: Object.fromEntries(known.map((host) => [host.name, Number(isReachable(host))])),
    hosts: known.filter(isReachable).map(({ name, report }) => ({ name, report, behind: behindOf(report) })),
    events: feed.events.counts(),
    traffic: feed.traffic,
  }

  function behindOf(report: HostReport | null): number | undefined {
    if (report === null || report.revision === null || report.feed !== feed.id) return undefined
    return revision - report.revision
  }
}

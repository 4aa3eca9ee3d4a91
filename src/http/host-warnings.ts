import { formatTime } from '../domain/lifetime.ts'
import { isSilent } from '../domain/silence.ts'
import type { HostRow } from '../store/hosts.ts'
import type { Unit } from '../unit.ts'

export const HOST_WARNING_CODES = [
  'host-silent',
  'instance-not-connected',
  'routes-missing',
  'firewall-failing',
] as const

export type HostWarning = { code: (typeof HOST_WARNING_CODES)[number]; detail: string }

/** What is wrong on the VPN hosts, as far as their agents tell it. */
export function hostWarnings(unit: Unit, now: Date): HostWarning[] {
  return unit.store.hosts.list().flatMap((host) => {
    // What it said last is as old as its silence.
    if (isSilent(host.reportedAt, unit.startedAt, now)) return [silentHost(host)]
    return [...lostInstances(host), ...lostRoutes(host), ...lostFirewall(host)]
  })
}

function silentHost({ name, reportedAt }: HostRow): HostWarning {
  const detail = `The agent of the VPN host ${name} has not reported since ${formatTime(reportedAt)}: see that it runs there and reaches this service; if the host is no more, vpnunit host remove ${name} forgets it`
  return { code: 'host-silent', detail }
}

function lostInstances({ name, report }: HostRow): HostWarning[] {
  const lost = report?.instances.filter(({ connected }) => !connected) ?? []
  if (lost.length === 0) return []
  const numbers = lost.map(({ instance }) => instance).join(', ')
  const detail = `The agent of ${name} has no connection to OpenVPN instance ${numbers}: nobody new gets in there. See that OpenVPN runs, and that the agent may open its management socket`
  return [{ code: 'instance-not-connected', detail }]
}

/** A table that could not be replaced stays as it was: what it says is of yesterday. */
function lostFirewall({ name, report }: HostRow): HostWarning[] {
  const { state, fault } = report?.firewall ?? {}
  if (state !== 'failing') return []
  return [
    {
      code: 'firewall-failing',
      detail: `The firewall of ${name} is not what the policy says: ${fault ?? 'not known why'}`,
    },
  ]
}

function lostRoutes({ name, report }: HostRow): HostWarning[] {
  if (report === null) return []
  const { connected, missing, wanted, fault } = report.routes
  const why = fault === null ? '' : `: ${fault}`
  if (!connected) {
    const detail = `The agent of ${name} can't ask the program that sets the routes, vpnunit apply: see that it runs there${why}`
    return [{ code: 'routes-missing', detail }]
  }
  if (missing === 0) return []
  return [
    { code: 'routes-missing', detail: `On ${name} ${missing} of ${wanted} routes are not in the kernel’s table${why}` },
  ]
}

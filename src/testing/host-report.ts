import type { AgentEvent, HostReport } from '../domain/agent-feed.ts'
import { takeEvents } from '../provision/take-events.ts'
import type { Unit } from '../unit.ts'

const AT = '2026-03-01T12:00:00Z'

/** What the agent of a host says that is well, as it holds what the service has now. */
export function wellReport({ feed, store }: Unit, other: Partial<HostReport> = {}): HostReport {
  return {
    version: '0.1.0',
    startedAt: AT,
    feed: feed.id,
    revision: store.site.revision(),
    instances: [{ instance: 0, connected: true, version: 'OpenVPN 2.6.14', generation: 'one', sessions: 1 }],
    routes: { connected: true, wanted: 3, missing: 0, repairs: 0, fault: null },
    firewall: { state: 'in place', gateways: 3, drift: 0, cut: 0, fault: null },
    backlog: 0,
    ...other,
  }
}

type Begun = { host?: string; gateway: string; cid: number; first?: number; realAddress?: string }

/** Tells of a session that began on a host, as its agent would. */
export async function beginSession(unit: Unit, begun: Begun): Promise<void> {
  const { host = 'vpn1', gateway, cid, first = cid, realAddress = '[2001:db8::7]:40000' } = begun
  const key = { instance: 0, generation: 'one', cid }
  const event: AgentEvent = { type: 'session-started', at: AT, gateway, serial: null, realAddress, ...key }
  await takeEvents(unit, { host, outbox: 'one', first, events: [event] })
}

import { Type } from 'typebox'
import { FIREWALL_STATES } from '../domain/agent-feed.ts'
import type { Unit } from '../unit.ts'
import { oneOf, strict } from './schemas.ts'
import { viewHost } from './session-views.ts'

const nullable = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description })

const HostStatus = {
  name: Type.String(),
  isReachable: Type.Boolean(),
  revision: nullable('The revision its agent holds; null while it holds none of this life of the service'),
  behind: nullable('How many revisions it is behind'),
  sessions: Type.Integer({ description: 'Live ones' }),
  routesMissing: nullable('null while the program that sets the routes can’t be asked'),
  repairs: nullable('How often a route that was lost was put back'),
  firewall: Type.Union([oneOf(FIREWALL_STATES, 'Whether the kernel has the table that the policy means'), Type.Null()]),
  drift: nullable('How often the firewall was found to be another, and was put right'),
}

/** What /status says of the VPN hosts, as the schema of its answer has it. */
export const HOSTS_STATUS = {
  mode: oneOf(['static', 'managed'], 'managed: the agent of at least one VPN host is known'),
  sessions: Type.Integer({ description: 'Live ones, on all hosts' }),
  hosts: Type.Array(Type.Object(HostStatus, strict)),
}

/** The VPN hosts in short. */
export function hostsStatusOf(unit: Unit) {
  const live = new Map(unit.store.sessions.liveByHost().map(({ host, sessions }) => [host, sessions]))
  const hosts = unit.store.hosts.list().map((host) => {
    const { name, isReachable, revision, behind, routes, firewall } = viewHost(unit, host)
    const routesMissing = routes?.connected ? routes.missing : null
    const repairs = routes?.repairs ?? null
    const fire = { firewall: firewall?.state ?? null, drift: firewall?.drift ?? null }
    return { name, isReachable, revision, behind, sessions: live.get(name) ?? 0, routesMissing, repairs, ...fire }
  })
  return {
    mode: hosts.length > 0 ? 'managed' : 'static',
    sessions: [...live.values()].reduce((sum, sessions) => sum + sessions, 0),
    hosts,
  }
}

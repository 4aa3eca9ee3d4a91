import type { FirewallReport, PolicyText, RouteReport } from './agent-feed.ts'
import type { PlacedGateway } from './policy/world.ts'

/**
 * What the agent asks of `vpnunit apply`, and is told: one JSON object a line, over a unix socket. Prefixes, devices, names
 * and rules are data; no command, path or option ever crosses this line.
 */

/** A gateway's /60 and the device of the instance it is connected to. */
export type WantedRoute = { prefix: string; device: string }

/** Where a gateway stands and which groups it is in: what the rules are about. */
export type WantedGateway = Pick<PlacedGateway, 'name' | 'user' | 'number' | 'slot'> & { groups: readonly string[] }

/**
 * `routes` replaces the whole of who is connected: routes follow it, and the firewall's elements. `policy` replaces the
 * whole of what they may. `report` asks how it is.
 */
export type DutyRequest =
  | { id: number; duty: 'routes'; routes: WantedRoute[] }
  | { id: number; duty: 'policy'; policy: PolicyText; gateways: WantedGateway[] }
  | { id: number; duty: 'report' }

/** The answer to a request, by its id. A refused one changes nothing. There is no firewall before a policy was told. */
export type DutyAnswer = { id: number; report: RouteReport; firewall?: FirewallReport } | { id: number; fault: string }

/** The name of the socket in the run folder. */
export const APPLY_SOCKET = 'apply.sock'

/** The longest request, in bytes: a whole /48 of gateways is a tenth of it. */
export const DUTY_BYTES_MAX = 8 * 1024 * 1024

import type { RouteReport } from './agent-feed.ts'

/**
 * What the agent asks of `vpnunit apply`, and is told: one JSON object a line, over a unix socket. Prefixes and devices are
 * data; no command, path or option ever crosses this line.
 */

/** A gateway's /60 and the device of the instance it is connected to. */
export type WantedRoute = { prefix: string; device: string }

/** `routes` replaces the whole of what is wanted; `report` asks how it is. */
export type DutyRequest = { id: number; duty: 'routes'; routes: WantedRoute[] } | { id: number; duty: 'report' }

/** The answer to a request, by its id. A refused one changes nothing. */
export type DutyAnswer = { id: number; report: RouteReport } | { id: number; fault: string }

/** The name of the socket in the run folder. */
export const APPLY_SOCKET = 'apply.sock'

/** The longest request, in bytes: a whole /48 of gateways is a tenth of it. */
export const DUTY_BYTES_MAX = 8 * 1024 * 1024

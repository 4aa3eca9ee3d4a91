import { instanceDevice } from '../domain/instance.ts'
import { quote } from '../domain/names.ts'
import { type Plan, placeOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { Problem } from '../domain/problem.ts'
import { membersOf, parseRights, type Rights } from './policy-request.ts'
import { Refusal } from './refusal.ts'

/** What a request may speak of on this host. */
export type Bounds = { plan: Plan; device: string; instances: readonly number[] }

/** Devices by prefix. */
export type Routes = ReadonlyMap<string, string>

export type Duty = { duty: 'routes'; routes: Routes } | ({ duty: 'policy' } & Rights) | { duty: 'report' }

/** A request that was understood, or why it is refused; the id is 0 where none could be read. */
export type Parsed = { id: number; wanted: Duty } | { id: number; fault: string }

/**
 * One line of the socket. Whoever writes there was let in by the file's mode, and is believed nothing all the same: what
 * this returns is made of this host's own prefixes and devices, and of nothing else.
 */
export function parseDutyRequest(line: string, bounds: Bounds): Parsed {
  let id = 0
  try {
    const request = membersOf(parseJson(line), 'the request')
    id = parseId(request.id)
    return { id, wanted: parseDuty(request, bounds) }
  } catch (error) {
    if (error instanceof Refusal || error instanceof Problem) return { id, fault: error.message }
    throw error
  }
}

/** @throws Refusal */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Refusal('this is no JSON')
  }
}

/** @throws Refusal */
function parseId(id: unknown): number {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) throw new Refusal('the id is no whole number')
  return id
}

/** @throws Refusal, Problem */
function parseDuty(request: Record<string, unknown>, bounds: Bounds): Duty {
  const { id: _, duty, ...rest } = request
  if (duty === 'report' && Object.keys(rest).length === 0) return { duty }
  if (duty === 'routes' && Object.keys(rest).join() === 'routes') {
    return { duty, routes: parseRoutes(rest.routes, bounds) }
  }
  if (duty === 'policy' && Object.keys(rest).sort().join() === 'gateways,policy') {
    return { duty, ...parseRights(rest.policy, rest.gateways, bounds.plan) }
  }
  throw new Refusal('it is none of the duties "routes" (id, routes), "policy" (id, policy, gateways) and "report" (id)')
}

/** All of them or none: half of a set would cut off gateways that are connected. @throws Refusal, Problem */
function parseRoutes(list: unknown, { plan, device, instances }: Bounds): Routes {
  if (!Array.isArray(list)) throw new Refusal('the routes are no list')
  const devices = new Set(instances.map((instance) => instanceDevice(device, instance)))
  const routes = new Map<string, string>()
  for (const entry of list) {
    const { prefix, device, ...rest } = membersOf(entry, 'a route')
    if (typeof prefix !== 'string' || typeof device !== 'string' || Object.keys(rest).length > 0) {
      throw new Refusal('a route is not {prefix, device}')
    }
    if (placeOf(plan, parsePrefix(prefix)) === undefined) throw new Refusal(`${prefix} is no gateway's /60`)
    if (!devices.has(device)) throw new Refusal(`${quote(device)} is no device of an instance of this host`)
    if (routes.has(prefix)) throw new Refusal(`${prefix} is there twice`)
    routes.set(prefix, device)
  }
  return routes
}

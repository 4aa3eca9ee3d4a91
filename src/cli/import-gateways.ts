import type { GatewaySummaryView, GatewayView, UserView } from '../http/views.ts'
import { type Call, show } from './command.ts'
import { type FileGateway, type LineFault, parseGatewayFile, refuseLines } from './gateway-file.ts'
import { readInput } from './input-file.ts'
import { showProgress } from './progress.ts'
import { Refusal } from './refusal.ts'

/** How many are created in one call, all or none: few enough for a bar that moves. */
const CHUNK = 25

/** What the service holds, by name. */
type Held = { gateways: ReadonlyMap<string, GatewaySummaryView>; users: ReadonlySet<string> }

/**
 * Creates the gateways of a file. Those that are there already, as the file wants them, are left alone: after a fault
 * has been mended the same file can be used again. What contradicts the file is said before anything is created.
 */
export async function importGateways(call: Call, file: string): Promise<void> {
  const wanted = parseGatewayFile(readInput('from', file))
  const held = await readHeld(call)
  refuseLines(
    wanted.flatMap((gateway) => faultsOf(gateway, held)),
    (lines) => refusal(`nothing was created:${lines}`),
  )
  const missing = wanted.filter(({ name }) => !held.gateways.has(name))
  const created = await createAll(call, missing)
  show(call, created, () => `${created.length} created, ${wanted.length - missing.length} were there\n`)
}

async function readHeld({ api }: Call): Promise<Held> {
  const gateways = await api.json<GatewaySummaryView[]>('GET', '/gateways')
  const users = await api.json<UserView[]>('GET', '/users')
  return {
    gateways: new Map(gateways.map((gateway) => [gateway.name, gateway])),
    users: new Set<string>(users.map(({ name }) => name)),
  }
}

function faultsOf(wanted: FileGateway, { gateways, users }: Held): LineFault[] {
  const present = gateways.get(wanted.name)
  const { line, name, user, slot } = wanted
  if (!users.has(user)) return [{ line, message: `there is no user ${user}; see vpnunit user add` }]
  if (present === undefined) return []
  if (present.user !== user) return [{ line, message: `${name} is there already, and is ${present.user}’s` }]
  if (slot === undefined || present.slot === slot) return []
  return [{ line, message: `${name} is there already, in slot ${present.slot}` }]
}

async function createAll(call: Call, missing: readonly FileGateway[]): Promise<GatewayView[]> {
  const created: GatewayView[] = []
  const bar = showProgress(missing.length, call.progress)
  try {
    for (let at = 0; at < missing.length; at += CHUNK) {
      const made = await createChunk(call, missing.slice(at, at + CHUNK), at)
      created.push(...made)
      bar.advance(made.length)
    }
  } finally {
    bar.end()
  }
  return created
}

async function createChunk(call: Call, chunk: readonly FileGateway[], before: number): Promise<GatewayView[]> {
  const bodies = chunk.map(({ line: _, ...gateway }) => gateway)
  try {
    return await call.api.json<GatewayView[]>('POST', '/gateways', bodies)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const rest = `\n${before} were created before these; use the file again when it is mended: what is there is left alone`
    refuseLines(byLine(error, chunk), (lines) => refusal(`lines ${spanOf(chunk)} were not created:${lines}${rest}`))
    throw refusal(`lines ${spanOf(chunk)}: ${error.message}${rest}`)
  }
}

/** The service names faults by item, and whoever wrote the file thinks in lines. */
function byLine({ problem }: Refusal, chunk: readonly FileGateway[]): LineFault[] {
  return problem.errors.map(({ field, message }) => {
    const [, item = '', ...rest] = field.split('/')
    return { line: chunk[Number(item)]?.line ?? 0, message: [rest.join('/'), message].filter(Boolean).join(' ') }
  })
}

function spanOf(chunk: readonly FileGateway[]): string {
  return `${chunk.at(0)?.line} to ${chunk.at(-1)?.line}`
}

function refusal(detail: string): Refusal {
  return new Refusal({ type: '/problems/items-refused', detail, errors: [] })
}

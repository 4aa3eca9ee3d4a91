import { join } from 'node:path'
import { Running } from '../lab/process.ts'
import { Service } from '../lab/service.ts'
import type { Owner } from '../lab/undo.ts'

const MAIN = join(import.meta.dirname, '../../main.ts')

/** A start takes a second; a machine with other work makes it many. */
const END_MS = 30_000

/** Variables of a start: settings, and what changes the machine under it, such as its clock. */
export type Environment = Record<string, string>

/** As script/vpnunit has it: these tests start the service a hundred times, and it need not be compiled each time. */
const FASTER = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/vpnunit') }

/** Starts the service and waits until it serves. */
export function startService(owner: Owner, data: string, environment: Environment = {}): Promise<Service> {
  return Service.start(owner, data, { ...FASTER, ...environment })
}

/** Starts the service without waiting for anything. */
export function launch(owner: Owner, data: string, environment: Environment = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VPNUNIT_'))
  const fixed = { VPNUNIT_ENV_FILE: '', VPNUNIT_PORT: '0', VPNUNIT_DATA: data }
  const env = { ...Object.fromEntries(inherited), ...fixed, ...FASTER, ...environment }
  return Running.start(owner, process.execPath, [MAIN, 'serve'], { env })
}

export type Refusal = { code: number | string; words: string }

/** Starts the service, which must end by itself, and answers how it did. */
export async function refusedStart(owner: Owner, data: string, environment: Environment = {}): Promise<Refusal> {
  const running = launch(owner, data, environment)
  const served = running.waitFor(/"msg":"serving"/, END_MS).then(
    () => true,
    () => false,
  )
  if (await served) throw new Error(`it was to be refused, and it serves:\n${running.output}`)
  return { code: await running.waitForEnd(END_MS), words: running.output }
}

/** What an administrator can't do anything with: a stack trace. */
export const STACK = /\n\s+at /

import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { SECOND_MS } from '../domain/lifetime.ts'
import { type Layout, layoutOf } from '../publish/layout.ts'
import { lasting, reportDifferences } from './check-files.ts'
import { checkFolders, closedData, unusableData } from './check-folders.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkTls } from './check-tls.ts'
import { NoCopy } from './database-copy.ts'
import { type Finding, isProblem, note, problem, reasonOf, warning } from './finding.ts'
import { type Look, lookAtDatabase, type Place } from './look-at-database.ts'
import { askForServer, describeServer } from './who-serves.ts'

/**
 * How long a server is given to write what it has committed, and how often that is looked for. A file that it writes
 * meanwhile is its own concern; one that nobody wrote for so long is wrong.
 */
const PATIENCE_MS = 3 * SECOND_MS
const INTERVAL_MS = SECOND_MS / 4

/** Looks at everything that the settings name. Only reads. */
export async function inspect(config: Config, now: Date, patienceMs = PATIENCE_MS): Promise<Finding[]> {
  const layout = layoutOf(config.data)
  const fault = unusableData(layout)
  if (fault !== undefined) return [...checkTls(config, now), fault]
  try {
    const isServed = await askForServer(layout)
    return [
      describeServer(layout, isServed),
      ...checkTls(config, now),
      ...checkFolders(layout),
      ...checkSecrets(config, layout),
      ...(await inspectDatabase({ config, layout, now }, isServed, patienceMs)),
    ]
  } catch (error) {
    // Of what is below a closed folder nothing can be said, and what was found so far would be half of it.
    if (!isDenied(error)) throw error
    return [...checkTls(config, now), closedData(reasonOf(error))]
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
}

async function inspectDatabase(place: Place, isServed: boolean, patienceMs: number): Promise<Finding[]> {
  const { database, data } = place.layout
  if (!existsSync(database)) return [missingDatabase(place.layout)]
  try {
    const { findings, files } = await lookUntilSettled(place, isServed ? patienceMs : 0)
    return [...findings, ...(files === undefined ? [] : [reportDifferences(files, data, isServed)])]
  } catch (error) {
    if (!(error instanceof NoCopy)) throw error
    return [explainNoCopy(error)]
  }
}

/** The files of a server at work are a moment behind its database: what differs is looked at again. */
async function lookUntilSettled(place: Place, patienceMs: number): Promise<Look> {
  const deadline = performance.now() + patienceMs
  let look = lookAtDatabase(place)
  while (isSuspicious(look) && performance.now() < deadline) {
    await pause(INTERVAL_MS)
    const next = lookAtDatabase(place)
    const differences = lasting(look.files?.differences ?? [], next.files?.differences ?? [])
    look = { ...next, files: next.files && { ...next.files, differences } }
  }
  return look
}

function isSuspicious({ findings, files }: Look): boolean {
  const isBehind = findings.some((finding) => finding.code.startsWith('crl') && isProblem(finding))
  return isBehind || (files?.differences.length ?? 0) > 0
}

/** A start that begins anew would remove the files of every gateway. */
function missingDatabase({ database, caKey, storageKey, crl, clients }: Layout): Finding {
  const hasClients = existsSync(clients) && readdirSync(clients).length > 0
  const isLost = hasClients || [caKey, storageKey, crl].some((path) => existsSync(path))
  if (!isLost) return note('not-founded', `there is no ${database} yet`, 'the first start makes it')
  return problem(
    'database-missing',
    `${database} is gone, and other files of the installation are there`,
    'put it back from a backup before the service is started or, to begin anew, move the whole directory away',
  )
}

/** Too much to do is nobody's fault. */
export function explainNoCopy({ message, isBusy }: NoCopy): Finding {
  if (isBusy) return warning('database-busy', message, 'look again when less is written')
  const remedy = `see whether you may read it, and whether there is room in ${tmpdir()} (TMPDIR)`
  return problem('database-unreadable', message, remedy)
}

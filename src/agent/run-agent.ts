import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Config, ConfigError } from '../config.ts'
import { APPLY_SOCKET } from '../domain/route-duty.ts'
import { VERSION } from '../version.ts'
import { Agent } from './agent.ts'
import { openApiChannel } from './api-channel.ts'
import { openApplyClient } from './apply-client.ts'
import { managementLinkerWith } from './management-link.ts'
import { openSharedSockets } from './shared/shared-sockets.ts'

/**
 * Decides who connects to the instances of this host, until SIGTERM or SIGINT. The sessions go on without it until their
 * next renegotiation.
 * @throws ConfigError
 */
export async function runAgent(config: Config): Promise<void> {
  process.umask(0o077)
  const faults = [...tokenFaults(config), ...folderFaults(config.agentData)]
  if (faults.length > 0) throw new ConfigError(faults)
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const stopped = untilStopped()
  const { run, instances, isSharedKillAllowed: isKillAllowed } = config
  const shared = openSharedSockets({ run, instances, isKillAllowed, log })
  const agent = new Agent({
    hostName: config.hostName,
    version: VERSION,
    folder: config.agentData,
    run,
    device: config.device,
    instances,
    log,
    linker: managementLinkerWith((path) => shared.listenerOf(path)),
    channel: openApiChannel(config.agentApi, config.tokenFile),
    openRoutes: (onRepairs) => openRoutes(config, log, onRepairs),
  })
  agent.start()
  const api = 'socket' in config.agentApi ? config.agentApi.socket : config.agentApi.url
  log.info({ version: VERSION, host: config.hostName, instances: config.instances, api }, 'agent is running')

  const signal = await stopped
  log.info({ signal }, 'stopping')
  await Promise.all([agent.stop(), shared.stop()])
  log.info('stopped')
}

/** It starts beside the agent, and need not be there before it. */
const APPLY_START_MS = 3000

/** Says when the program that sets the routes comes and goes. */
function openRoutes(config: Config, log: pino.Logger, onRepairs: (count: number) => void) {
  let said: boolean | undefined
  const say = (isThere: boolean) => {
    if (said === isThere) return
    said = isThere
    if (isThere) log.info('connected to apply, which sets the routes')
    else log.warn('apply is away: routes stay as they are')
  }
  const path = join(config.run, APPLY_SOCKET)
  const client = openApplyClient({ path, onRepairs, onChange: ({ connected }) => say(connected) })
  setTimeout(() => say(client.report().connected), APPLY_START_MS).unref()
  return client
}

function tokenFaults({ agentApi, tokenFile }: Config): string[] {
  if (tokenFile === undefined) {
    return 'url' in agentApi ? ['VPNUNIT_TOKEN_FILE must be set when VPNUNIT_API is an address of the network'] : []
  }
  try {
    if (/^[\x21-\x7e]+$/.test(readFileSync(tokenFile, 'utf8').trim())) return []
    return [`VPNUNIT_TOKEN_FILE ${tokenFile} must hold one word`]
  } catch (error) {
    return [`VPNUNIT_TOKEN_FILE ${tokenFile} can't be read: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function folderFaults(folder: string): string[] {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return []
  } catch (error) {
    return [`VPNUNIT_AGENT_DATA ${folder} can't be used: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Api } from '../http/api.ts'
import { ensureRunFolder } from '../run-folder.ts'
import type { Unit } from '../unit.ts'
import { SOCKET_PATH_MAX } from './data-folder.ts'
import { listenOnSocket, type OpenListener } from './listeners.ts'

/** Where the agent of this host comes in, without a token. */
export function agentSocketOf({ run }: Config): string {
  return join(run, 'agent.sock')
}

/**
 * Listens for the agent of this host. Users and gateways can be administered without it, so what keeps it from being
 * made is said in the log and by health, and none is returned.
 */
export async function openAgentSocket(api: Api, unit: Unit): Promise<OpenListener[]> {
  const path = agentSocketOf(unit.config)
  try {
    ensureRunFolder(unit.config.run)
    if (Buffer.byteLength(path) > SOCKET_PATH_MAX) {
      throw new Error(`a socket's path holds ${SOCKET_PATH_MAX} bytes, and ${path} has more: set VPNUNIT_RUN`)
    }
    return [await listenOnSocket(api, path, 'agent-socket')]
  } catch (error) {
    unit.agentSocket.fault = error instanceof Error ? error.message : String(error)
    unit.log.warn({ err: error, path }, 'the agents’ socket could not be made')
    return []
  }
}

import * as commands from '../management/commands.ts'
import { ManagementError } from '../management/management-error.ts'
import { type Step, say } from './history-steps.ts'

/**
 * What ends sessions: `kill` by name or address, and `client-kill`, which newer tools use because a client id is
 * nobody else's.
 */
export function killSteps(verb: 'kill' | 'client-kill', rest: readonly string[], isAllowed: boolean): Step[] {
  if (!isAllowed) {
    return say(`ERROR: command '${verb}' is offered on a shared socket only where VPNUNIT_SHARED_KILL is yes`)
  }
  const [target, message] = rest
  if (target === undefined) {
    return say(`ERROR: the '${verb}' command requires ${verb === 'kill' ? '' : 'at least '}1 parameter`)
  }
  try {
    return verb === 'kill' ? killStep(target) : clientKillStep(target, message)
  } catch (error) {
    // A name that OpenVPN would cut off is somebody else's.
    if (error instanceof ManagementError) return say(`ERROR: ${error.message}`)
    throw error
  }
}

function killStep(target: string): Step[] {
  const [, address, port] = /^([\d.]+):(\d+)$/.exec(target) ?? []
  if (address !== undefined) return send(commands.killAddress(address, Number(port)))
  return target.includes(':') ? say('ERROR: kill parse') : send(commands.killCommonName(target))
}

function clientKillStep(cid: string, message: string | undefined): Step[] {
  return /^\d{1,15}$/.test(cid) ? send(commands.clientKill(Number(cid), message)) : say('ERROR: cannot parse CID')
}

function send({ text }: { text: string }): Step[] {
  return [{ kind: 'do', line: text.trimEnd() }]
}

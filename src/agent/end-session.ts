import type { Fqdn } from '../domain/names.ts'
import { type Host, letGo } from './host.ts'
import { faultOf } from './judge.ts'
import type { Session } from './sessions.ts'
import type { Change } from './state-copy.ts'

/** OpenVPN sends `RESTART` in its next turn: a `kill` in the same one would leave the client without a word. */
export const LEAVE_MS = 50

/**
 * Ends a session and takes its route away at once. `client-kill` tells the client, and `kill` does not wait for it: alone,
 * the first would leave one that can't return for five seconds [facts 4.8].
 * @param link the instance's; while it is being adopted the host does not give it out yet
 */
export function endSession(host: Host, session: Session, reason: string, link = host.linkOf(session.instance)): void {
  if (!markEnding(host, session, reason)) return
  const { instance, cid, gateway } = session
  host.log.info({ instance, gateway, cid, reason }, 'session is ended')
  // Without one, the session is looked at again when there is.
  if (link === undefined) return
  letGo(host, link.clientKill(cid))
  setTimeout(() => {
    const isThere = host.sessions.find(instance, cid) === session
    if (isThere && !isGatewayLiveOn(host, gateway, instance)) letGo(host, link.kill(gateway))
  }, LEAVE_MS)
}

/** Returns false for one that is being ended already. */
export function markEnding(host: Host, session: Session, reason: string): boolean {
  if (session.ending !== undefined) return false
  session.ending = reason
  host.routeChanged(session.gateway)
  return true
}

/** The newest connection of a gateway wins: those to other instances end, without a word, so that they don't come back. */
export function endOthers(host: Host, { gateway, instance }: Session): void {
  for (const other of host.sessions.ofGateway(gateway)) {
    // On the same instance OpenVPN does it itself.
    if (other.instance === instance || other.phase !== 'established') continue
    if (!markEnding(host, other, 'replaced by a newer connection')) continue
    const link = host.linkOf(other.instance)
    if (link !== undefined) letGo(host, link.kill(gateway))
  }
}

/** Ends every session that what is known now speaks against. */
export function recheck(host: Host, change: Change): void {
  const gateways = change === 'all' ? host.sessions.gateways() : change
  for (const gateway of gateways) {
    for (const session of host.sessions.ofGateway(gateway)) {
      const fault = faultOf(host.copy, session)
      if (fault !== undefined) endSession(host, session, fault)
    }
    // Its prefix may be another one.
    host.routeChanged(gateway)
  }
}

/** A session is over: whoever follows it is told, once. */
export function forgetSession(host: Host, session: Session, reason: string): void {
  const { instance, generation, cid, gateway, bytesIn, bytesOut } = session
  host.sessions.remove(session)
  host.routeChanged(gateway)
  if (session.phase !== 'established') return
  const at = host.now().toISOString()
  const why = session.ending ?? reason
  host.tell({ type: 'session-ended', at, instance, generation, cid, bytesIn, bytesOut, reason: why })
  host.sessionsChanged()
  host.log.info({ instance, gateway, cid, reason: why }, 'session ended')
}

/** `kill` goes by name, and must not hit a session that may stay. */
function isGatewayLiveOn(host: Host, gateway: Fqdn, instance: number): boolean {
  return host.sessions.ofGateway(gateway).some((other) => other.instance === instance && other.ending === undefined)
}

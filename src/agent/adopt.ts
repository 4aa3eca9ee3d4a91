import { type Fqdn, parseFqdn } from '../domain/names.ts'
import { tellStarted } from './client-events.ts'
import { endSession, forgetSession } from './end-session.ts'
import { type Host, letGo, type Place } from './host.ts'
import { faultOf } from './judge.ts'
import type { StatusRow } from './link.ts'
import { realAddressOfRow } from './real-address.ts'
import type { Session } from './sessions.ts'

/** What `status` says of a client in the midst of its handshake. */
const NAMELESS = 'UNDEF'

/**
 * Makes the table equal to what an instance says, after time in which nobody listened. Established sessions are taken
 * over, or ended where they may not be. A client that waits for an answer waits in vain, because its CONNECT never comes
 * again: it is sent away and back [facts 4.6].
 * @param isAsking whether the CONNECT of a client came on this connection, so that it gets its answer
 */
export async function adopt(host: Host, place: Place, isAsking: (cid: number) => boolean): Promise<void> {
  const rows = await place.link.status()
  const there = new Set<number>()
  for (const row of rows) {
    if (row.pending) {
      if (mayWaitInVain(row) && !isAsking(row.cid)) sendBack(host, place, row)
    } else if (takeOver(host, place, row)) there.add(row.cid)
  }
  for (const session of host.sessions.ofInstance(place.number)) {
    if (!there.has(session.cid)) forgetSession(host, session, 'it ended while nobody looked')
  }
  const { number: instance, generation } = place
  host.tell({ type: 'sessions-present', at: host.now().toISOString(), instance, generation, cids: [...there] })
  for (const session of host.sessions.ofInstance(instance)) {
    const fault = faultOf(host.copy, session)
    if (fault !== undefined) endSession(host, session, fault, place.link)
    host.routeChanged(session.gateway)
  }
  host.sessionsChanged()
}

/** Sessions that a notification spoke of and nobody knows: those that `status` has are taken over. */
export async function lookAround(host: Host, place: Place): Promise<void> {
  for (const row of await place.link.status()) {
    const known = host.sessions.find(place.number, row.cid)
    if (row.pending || known?.phase === 'established' || !takeOver(host, place, row)) continue
    const session = host.sessions.find(place.number, row.cid)
    const fault = session && faultOf(host.copy, session)
    if (session !== undefined && fault !== undefined) endSession(host, session, fault, place.link)
  }
}

/**
 * A client has its name from the moment of its CONNECT on. Before, that will come by itself, and `client-kill` would do
 * harm: its RESTART is lost with the session of the handshake, no refusal is sent any more, and OpenVPN ends what it has
 * let in after five seconds without a word (2.6.14).
 */
function mayWaitInVain({ commonName }: StatusRow): boolean {
  return commonName !== NAMELESS
}

function sendBack(host: Host, place: Place, row: StatusRow): void {
  const waiting = host.sessions.find(place.number, row.cid)
  if (waiting !== undefined) forgetSession(host, waiting, 'it was sent back')
  letGo(host, place.link.clientKill(row.cid))
}

/** Returns false for a client that is no gateway: it is ended. */
function takeOver(host: Host, place: Place, row: StatusRow): boolean {
  const gateway = gatewayOf(row.commonName)
  if (gateway === undefined) {
    letGo(host, place.link.clientKill(row.cid))
    return false
  }
  const known = host.sessions.find(place.number, row.cid)
  const session = known?.gateway === gateway ? known : sessionOf(place, row, gateway)
  session.bytesIn = row.bytesReceived
  session.bytesOut = row.bytesSent
  // If it was to be ended, that may not have arrived: it is looked at again.
  session.ending = undefined
  if (session !== known) host.sessions.add(session)
  if (session.phase !== 'established') host.sessions.found(session, new Date(row.connectedSince * 1000))
  tellStarted(host, session)
  host.routeChanged(gateway)
  return true
}

function sessionOf(place: Place, row: StatusRow, gateway: Fqdn): Session {
  return {
    instance: place.number,
    generation: place.generation,
    cid: row.cid,
    gateway,
    serial: null,
    realAddress: realAddressOfRow(row.realAddress),
    address: row.virtualIpv6Address ?? '',
    phase: 'authorized',
    startedAt: '',
    ending: undefined,
    bytesIn: 0,
    bytesOut: 0,
    rank: 0,
  }
}

function gatewayOf(commonName: string): Fqdn | undefined {
  try {
    return parseFqdn(commonName)
  } catch {
    return undefined
  }
}

import { addressesOf } from '../domain/plan.ts'
import { authorize, type Verdict } from './authorize.ts'
import { clientConfig } from './client-config.ts'
import { endOthers, endSession, forgetSession, recheck } from './end-session.ts'
import { type Host, letGo, type Place } from './host.ts'
import { faultOf } from './judge.ts'
import type { Env, LinkEvent } from './link.ts'
import { realAddressOf } from './real-address.ts'
import { refuse } from './refuse.ts'
import { serialOf } from './serial.ts'
import type { Session } from './sessions.ts'

/** What is done with a client that is not known: the instance is asked who is there. */
export type LookAround = () => Promise<void>

/** Takes one notification of an instance. */
export function takeEvent(host: Host, place: Place, event: LinkEvent, lookAround: LookAround): void {
  const session = 'cid' in event ? host.sessions.find(place.number, event.cid) : undefined
  switch (event.type) {
    case 'CLIENT:CONNECT':
      connect(host, place, event)
      break
    case 'CLIENT:REAUTH':
      if (session !== undefined) answerReauth(host, place, event, session)
      else
        letGo(
          host,
          lookAround().then(() => answerFound(host, place, event)),
        )
      break
    case 'CLIENT:ESTABLISHED':
      if (session !== undefined) establish(host, session)
      // One that was let in by a former agent, or is over already [facts 4.4]: `status` tells which.
      else letGo(host, lookAround())
      break
    case 'CLIENT:DISCONNECT':
      disconnect(host, event, session)
      break
    case 'BYTECOUNT_CLI':
      count(host, event, session)
      break
    case 'LOST':
      letGo(host, place.link.clientDeny(event, 'its notification could not be read', 'the server could not read it'))
  }
}

type Asking = { cid: number; kid: number; env: Env }

function connect(host: Host, place: Place, event: Asking): void {
  const commonName = event.env.get('common_name') ?? ''
  const serial = serialOf(event.env)
  const verdict = refuseSecond(host, place.number, authorize(host.copy, commonName, serial))
  const { site } = host.copy
  if (verdict.kind !== 'allow' || site === undefined) {
    refuse(host, place, { ...event, commonName, serial: serial ?? null, verdict })
    return
  }
  const { access } = verdict
  const session: Session = {
    instance: place.number,
    generation: place.generation,
    cid: event.cid,
    gateway: access.name,
    serial: serial ?? null,
    realAddress: realAddressOf(event.env),
    address: addressesOf(site.plan, access).address,
    phase: 'authorized',
    startedAt: '',
    ending: undefined,
    bytesIn: 0,
    bytesOut: 0,
    rank: 0,
  }
  host.sessions.add(session)
  place.link.clientAuth(event, clientConfig(site, access, place.number)).catch((error: unknown) => {
    // The client has gone again.
    if (session.phase === 'authorized') {
      host.sessions.remove(session)
      host.routeChanged(session.gateway)
    }
    const { instance, cid, gateway } = session
    host.log.info({ instance, gateway, cid, reason: String(error) }, 'OpenVPN did not take the answer')
  })
}

function refuseSecond(host: Host, instance: number, verdict: Verdict): Verdict {
  if (verdict.kind !== 'allow' || host.copy.site?.secondSession !== 'refuse') return verdict
  const isConnected = host.sessions.ofGateway(verdict.access.name).some((other) => {
    // A client that began again before it was let in leaves its first attempt behind for a minute.
    const isAttempt = other.phase === 'authorized' && other.instance === instance
    return other.ending === undefined && !isAttempt
  })
  return isConnected ? { kind: 'deny', reason: 'the gateway is connected already' } : verdict
}

function answerFound(host: Host, place: Place, event: Asking): void {
  const session = host.sessions.find(place.number, event.cid)
  if (session !== undefined) answerReauth(host, place, event, session)
}

/** Every one must be answered, or the session ends after a minute [facts 4.7]; to deny it would not end it. */
function answerReauth(host: Host, place: Place, event: Asking, session: Session): void {
  session.serial = serialOf(event.env) ?? session.serial
  const fault = faultOf(host.copy, session)
  if (fault === undefined) letGo(host, place.link.clientAuthNt(event))
  else endSession(host, session, fault)
}

function establish(host: Host, session: Session): void {
  if (session.phase === 'established' || session.ending !== undefined) return
  host.sessions.establish(session, host.now())
  tellStarted(host, session)
  const { instance, gateway, serial, realAddress } = session
  if (serial !== null && host.copy.use(gateway, serial)) {
    host.stateChanged()
    recheck(host, new Set([gateway]))
  }
  if (host.copy.site?.secondSession !== 'refuse') endOthers(host, session)
  host.routeChanged(gateway)
  host.sessionsChanged()
  host.log.info({ instance, gateway, cid: session.cid, realAddress }, 'session started')
}

export function tellStarted(host: Host, session: Session): void {
  const { instance, generation, cid, gateway, serial, realAddress, startedAt: at } = session
  host.tell({ type: 'session-started', at, instance, generation, cid, gateway, serial, realAddress })
}

function disconnect(host: Host, { env }: { env: Env }, session: Session | undefined): void {
  if (session === undefined) return
  session.bytesIn = countOf(env.get('bytes_received')) ?? session.bytesIn
  session.bytesOut = countOf(env.get('bytes_sent')) ?? session.bytesOut
  forgetSession(host, session, 'it left, or was not heard of any more')
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
}

function count(host: Host, event: { bytesIn: number; bytesOut: number }, session: Session | undefined): void {
  if (session?.phase !== 'established') return
  const { bytesIn, bytesOut } = event
  if (session.bytesIn === bytesIn && session.bytesOut === bytesOut) return
  session.bytesIn = bytesIn
  session.bytesOut = bytesOut
  const { instance, generation, cid } = session
  host.tell({ type: 'traffic', at: host.now().toISOString(), instance, generation, cid, bytesIn, bytesOut })
}

import type { SessionKey } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'

/** One connection of one gateway to one instance. */
export type Session = SessionKey & {
  readonly gateway: Fqdn
  /** Null for one that was there before anybody here could see its certificate. */
  serial: string | null
  /** Of such a one, the serials that it may have: those that were accepted when it was first looked at. */
  candidates?: readonly string[]
  readonly realAddress: string
  /** Its address in the tunnel. */
  readonly address: string
  /** Let in, and not yet established: OpenVPN looks at the answer on a tick of one second [facts 4.3]. */
  phase: 'authorized' | 'established'
  startedAt: string
  /** Why it is being ended, once it is. */
  ending: string | undefined
  bytesIn: number
  bytesOut: number
  /** When it was established, in milliseconds and never twice: a gateway's route follows the highest. */
  rank: number
}

/**
 * Who is connected where. Sessions are found by instance and client id, because a late DISCONNECT of an older one must
 * never end a newer one of the same gateway [facts 4.4, 7.2]. An instance has one generation at a time.
 */
export class SessionTable {
  readonly #instances = new Map<number, Map<number, Session>>()
  readonly #gateways = new Map<Fqdn, Set<Session>>()
  #lastRank = 0

  add(session: Session): void {
    const before = this.find(session.instance, session.cid)
    if (before !== undefined) this.remove(before)
    const ofInstance = this.#instances.get(session.instance) ?? new Map<number, Session>()
    this.#instances.set(session.instance, ofInstance.set(session.cid, session))
    const ofGateway = this.#gateways.get(session.gateway) ?? new Set<Session>()
    this.#gateways.set(session.gateway, ofGateway.add(session))
    this.#lastRank = Math.max(this.#lastRank, session.rank)
  }

  /** It is established now. A clock that was set back does not make it older than another. */
  establish(session: Session, now: Date): void {
    session.startedAt = now.toISOString()
    this.#rank(session, Math.max(now.getTime(), this.#lastRank + 1))
  }

  /** It was established at that time, while nobody looked. */
  found(session: Session, since: Date): void {
    session.startedAt = since.toISOString()
    this.#rank(session, since.getTime())
  }

  #rank(session: Session, rank: number): void {
    session.phase = 'established'
    session.rank = rank
    this.#lastRank = Math.max(this.#lastRank, rank)
  }

  remove(session: Session): void {
    const ofInstance = this.#instances.get(session.instance)
    if (ofInstance?.get(session.cid) === session) ofInstance.delete(session.cid)
    const ofGateway = this.#gateways.get(session.gateway)
    if (ofGateway?.delete(session) && ofGateway.size === 0) this.#gateways.delete(session.gateway)
  }

  find(instance: number, cid: number): Session | undefined {
    return this.#instances.get(instance)?.get(cid)
  }

  ofInstance(instance: number): Session[] {
    return [...(this.#instances.get(instance)?.values() ?? [])]
  }

  ofGateway(gateway: Fqdn): Session[] {
    return [...(this.#gateways.get(gateway) ?? [])]
  }

  gateways(): Fqdn[] {
    return [...this.#gateways.keys()]
  }

  /** The session that a gateway's route follows: the newest that is established and stays. */
  owner(gateway: Fqdn): Session | undefined {
    let newest: Session | undefined
    for (const session of this.#gateways.get(gateway) ?? []) {
      const isLive = session.phase === 'established' && session.ending === undefined
      if (isLive && (newest === undefined || session.rank > newest.rank)) newest = session
    }
    return newest
  }

  /** A session of the gateway that was let in, and is not established yet. */
  coming(gateway: Fqdn): Session | undefined {
    return this.ofGateway(gateway).findLast(({ phase, ending }) => phase === 'authorized' && ending === undefined)
  }

  /** How many are established on an instance. */
  count(instance: number): number {
    let count = 0
    for (const { phase } of this.#instances.get(instance)?.values() ?? []) if (phase === 'established') count++
    return count
  }

  *all(): Iterable<Session> {
    for (const sessions of this.#instances.values()) yield* sessions.values()
  }
}

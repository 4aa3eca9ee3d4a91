import type { SessionKey } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'

/** One connection of one gateway to one instance. */
export type Session = SessionKey & {
  readonly gateway: Fqdn
  /** Null for one that was there before anybody here could see its certificate. */
  serial: string | null
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
  /** Counts up with each that is established: the highest of a gateway's is the one that its route follows. */
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
    if (session.phase === 'established') session.rank = ++this.#lastRank
  }

  establish(session: Session): void {
    session.phase = 'established'
    session.rank = ++this.#lastRank
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
      if (isLive && session.rank > (newest?.rank ?? 0)) newest = session
    }
    return newest
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

import { adopt, lookAround } from './adopt.ts'
import { takeEvent } from './client-events.ts'
import { forgetSession } from './end-session.ts'
import { type Host, letGo } from './host.ts'
import type { Greeting, Link, LinkEvent } from './link.ts'

/**
 * One connection to an instance, and the lives of it that are seen there. A life begins when the port is open: then the
 * sessions are adopted, and what was told meanwhile is taken in its order. SIGUSR1 and SIGHUP begin another on the same
 * connection, with client ids from 0 [facts 4.1].
 */
export class InstanceLife {
  readonly #host: Host
  readonly #number: number
  readonly #onAdopted: () => void
  #link: Link | undefined
  #pid = 0
  #isHeld = false
  /** What was told of it before it had said who it is. */
  #openedAt: number | undefined
  /** What was told before the sessions were adopted; undefined since. */
  #waiting: LinkEvent[] | undefined = []
  version: string | undefined
  generation: string | undefined

  constructor(host: Host, number: number, onAdopted: () => void) {
    this.#host = host
    this.#number = number
    this.#onAdopted = onAdopted
  }

  /** The connection, once the sessions were adopted. */
  get link(): Link | undefined {
    return this.#waiting === undefined ? this.#link : undefined
  }

  /** It has said who it is. */
  begin(link: Link, { version, pid, connectedAt }: Greeting): void {
    this.#link = link
    this.#pid = pid
    this.version = version
    if (this.#isHeld) letGo(this.#host, link.release())
    const openedAt = this.#openedAt ?? connectedAt
    if (openedAt !== undefined) this.#live(openedAt)
  }

  take(event: LinkEvent): void {
    if (event.type === 'HOLD') this.#held()
    else if (event.type === 'CONNECTED') this.#live(event.time)
    else if (this.#waiting !== undefined) this.#waiting.push(event)
    else this.#deliver(event)
  }

  /** It waits before it opens its port, at its start or in the middle of its process. */
  #held(): void {
    this.#isHeld = true
    this.generation = undefined
    if (this.#link !== undefined) letGo(this.#host, this.#link.release())
  }

  #live(time: number): void {
    this.#openedAt = time
    const link = this.#link
    const generation = `${this.#pid}.${time}`
    if (link === undefined || this.generation === generation) return
    this.generation = generation
    this.#waiting ??= []
    forgetInstance(this.#host, this.#number, 'the instance was started anew', generation)
    const isAsking = (cid: number) =>
      this.#waiting?.some((event) => event.type === 'CLIENT:CONNECT' && event.cid === cid) ?? false
    adopt(this.#host, { number: this.#number, generation, link }, isAsking).then(
      () => this.#adopted(generation),
      (error: unknown) => {
        this.#host.log.warn({ instance: this.#number, reason: String(error) }, 'the sessions could not be adopted')
        letGo(this.#host, link.close())
      },
    )
  }

  #adopted(generation: string): void {
    // It may have begun anew meanwhile, and then this is not the end of it.
    if (this.generation !== generation) return
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const event of waiting) this.#deliver(event)
    const sessions = this.#host.sessions.count(this.#number)
    this.#host.log.info({ instance: this.#number, sessions, version: this.version }, 'sessions adopted')
    this.#onAdopted()
  }

  #deliver(event: LinkEvent): void {
    const [link, generation] = [this.#link, this.generation]
    if (link === undefined || generation === undefined) return
    const place = { number: this.#number, generation, link }
    try {
      takeEvent(this.#host, place, event, () => lookAround(this.#host, place))
    } catch (error) {
      // One client's trouble must not be everybody's.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#host.log.error({ instance: this.#number, event: event.type, reason }, 'a notification could not be taken')
    }
  }
}

/** Every session of an instance is over, but those of one generation. */
export function forgetInstance(host: Host, instance: number, reason: string, but?: string): void {
  for (const session of host.sessions.ofInstance(instance)) {
    if (session.generation !== but) forgetSession(host, session, reason)
  }
}

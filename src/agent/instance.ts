import { setTimeout as pause } from 'node:timers/promises'
import { adopt, lookAround } from './adopt.ts'
import { Backoff } from './backoff.ts'
import { takeEvent } from './client-events.ts'
import { forgetSession } from './end-session.ts'
import { type Host, letGo } from './host.ts'
import type { Link, LinkEvent, Linker, LinkFault } from './link.ts'

/** Attempts are cheap, and clients wait meanwhile. */
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1000

/** After so long behind another program, the sessions that were there before are taken for those there are. */
const BUSY_MS = 10_000

/**
 * One instance of OpenVPN: the agent's connection to it, made again whenever it is lost. A life of the instance begins
 * when its port is open; then the sessions are adopted, and what it tells is taken in order.
 */
export class Instance {
  readonly number: number
  readonly #host: Host
  readonly #path: string
  readonly #linker: Linker
  readonly #stopped = new AbortController()
  readonly #settled = Promise.withResolvers<void>()
  #work: Promise<void> = Promise.resolve()
  #link: Link | undefined
  #pid = 0
  #isHeld = false
  /** What was told of it before it had said who it is. */
  #openedAt: number | undefined
  /** What was heard before the sessions were adopted; undefined since. */
  #waiting: LinkEvent[] | undefined = []
  #said = ''
  version: string | undefined
  generation: string | undefined

  constructor(host: Host, linker: Linker, number: number, path: string) {
    this.#host = host
    this.#linker = linker
    this.number = number
    this.#path = path
  }

  /** The connection, once the sessions were adopted. */
  get link(): Link | undefined {
    return this.#waiting === undefined ? this.#link : undefined
  }

  /** Settles when it is known who is connected there, for the first time. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  start(): void {
    this.#work = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#link?.close()
    await this.#work
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    const backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS)
    const busy = setTimeout(() => this.#settled.resolve(), BUSY_MS)
    while (!signal.aborted) {
      try {
        await this.#serve(signal)
        backoff.reset()
      } catch (error) {
        if (!signal.aborted) this.#failed(this.#linker.fault(error))
      }
      await pause(backoff.next(), undefined, { signal }).catch(() => undefined)
    }
    clearTimeout(busy)
  }

  /** One connection, to its end. */
  async #serve(signal: AbortSignal): Promise<void> {
    this.#waiting = []
    this.#isHeld = false
    this.#pid = 0
    this.#openedAt = undefined
    this.generation = undefined
    const link = await this.#linker.open(this.#path, (event) => this.#take(event), signal)
    this.#link = link
    try {
      const { version, pid, connectedAt } = await link.greet()
      this.version = version
      this.#pid = pid
      if (this.#isHeld) letGo(this.#host, link.release())
      this.#say('connected', `connected to instance ${this.number}`)
      const openedAt = this.#openedAt ?? connectedAt
      if (openedAt !== undefined) this.#live(openedAt)
      await link.closed
    } finally {
      await link.close()
      this.#link = undefined
      this.#waiting = []
    }
    if (!signal.aborted) this.#say('lost', `the connection to instance ${this.number} is lost`)
  }

  #take(event: LinkEvent): void {
    if (event.type === 'HOLD') this.#held()
    else if (event.type === 'CONNECTED') this.#live(event.time)
    else if (this.#waiting !== undefined) this.#waiting.push(event)
    else this.#deliver(event)
  }

  /** It has begun anew, or is at its very beginning: client ids start at 0 again [facts 4.1]. */
  #held(): void {
    this.#isHeld = true
    this.generation = undefined
    // Before the greeting it is released when it has told who it is.
    if (this.#link !== undefined && this.#pid !== 0) letGo(this.#host, this.#link.release())
  }

  #live(time: number): void {
    this.#openedAt = time
    const link = this.#link
    const generation = `${this.#pid}.${time}`
    if (link === undefined || this.#pid === 0 || this.generation === generation) return
    this.generation = generation
    this.#waiting ??= []
    this.#forget('the instance was started anew', generation)
    const place = { number: this.number, generation, link }
    const isAsking = (cid: number) =>
      this.#waiting?.some((event) => event.type === 'CLIENT:CONNECT' && event.cid === cid) ?? false
    adopt(this.#host, place, isAsking).then(
      () => this.#adopted(generation),
      (error: unknown) => {
        this.#host.log.warn({ instance: this.number, reason: String(error) }, 'the sessions could not be adopted')
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
    this.#settled.resolve()
    const sessions = this.#host.sessions.count(this.number)
    this.#host.log.info({ instance: this.number, sessions, version: this.version }, 'sessions adopted')
  }

  #deliver(event: LinkEvent): void {
    const [link, generation] = [this.#link, this.generation]
    if (link === undefined || generation === undefined) return
    const place = { number: this.number, generation, link }
    try {
      takeEvent(this.#host, place, event, () => lookAround(this.#host, place))
    } catch (error) {
      // One client's trouble must not be everybody's.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#host.log.error({ instance: this.number, event: event.type, reason }, 'a notification could not be taken')
    }
  }

  #failed({ kind, words }: LinkFault): void {
    if (kind === 'gone') {
      this.#forget('the instance was stopped', '')
      this.#settled.resolve()
    }
    this.#say(kind, `instance ${this.number} can't be reached: ${words}`)
  }

  #forget(reason: string, but: string): void {
    for (const session of this.#host.sessions.ofInstance(this.number)) {
      if (session.generation !== but) forgetSession(this.#host, session, reason)
    }
  }

  /** Says what has become of the connection, once. */
  #say(what: string, words: string): void {
    if (this.#said === what) return
    this.#said = what
    this.#host.log[what === 'connected' ? 'info' : 'warn']({ instance: this.number }, words)
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import { Backoff } from './backoff.ts'
import type { Host } from './host.ts'
import { forgetInstance, InstanceLife } from './instance-life.ts'
import type { Link, Linker, LinkFault } from './link.ts'

/** Attempts are cheap, and clients wait meanwhile. */
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1000

/** After so long behind another program, the sessions that were there before are taken for those there are. */
const BUSY_MS = 10_000

/** One instance of OpenVPN: the agent's connection to it, made again whenever it is lost. */
export class Instance {
  readonly number: number
  readonly #host: Host
  readonly #path: string
  readonly #linker: Linker
  readonly #stopped = new AbortController()
  readonly #settled = Promise.withResolvers<void>()
  #work: Promise<void> = Promise.resolve()
  #life: InstanceLife | undefined
  #isGone = false
  #said = ''

  constructor(host: Host, linker: Linker, number: number, path: string) {
    this.#host = host
    this.#linker = linker
    this.number = number
    this.#path = path
  }

  /** The connection, once it is known who is there. */
  get link(): Link | undefined {
    return this.#life?.link
  }

  /** Nobody listens there: it has no sessions. */
  get isGone(): boolean {
    return this.#isGone
  }

  get version(): string | undefined {
    return this.#life?.version
  }

  get generation(): string | undefined {
    return this.#life?.generation
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
      this.#life = undefined
      await pause(backoff.next(), undefined, { signal }).catch(() => undefined)
    }
    clearTimeout(busy)
  }

  /** One connection, to its end. */
  async #serve(signal: AbortSignal): Promise<void> {
    const life = new InstanceLife(this.#host, this.number, () => this.#settled.resolve())
    const link = await this.#linker.open(this.#path, (event) => life.take(event), signal)
    this.#life = life
    this.#isGone = false
    try {
      const greeting = await link.greet()
      this.#say('connected', `connected to instance ${this.number}`)
      life.begin(link, greeting)
      await link.closed
    } finally {
      await link.close()
    }
    if (!signal.aborted) this.#say('lost', `the connection to instance ${this.number} is lost`)
  }

  #failed({ kind, words }: LinkFault): void {
    this.#isGone = kind === 'gone'
    if (this.#isGone) {
      forgetInstance(this.#host, this.number, 'the instance was stopped')
      this.#settled.resolve()
    }
    this.#say(kind, `instance ${this.number} can't be reached: ${words}`)
  }

  /** Says what has become of the connection, once. */
  #say(what: string, words: string): void {
    if (this.#said === what) return
    this.#said = what
    this.#host.log[what === 'connected' ? 'info' : 'warn']({ instance: this.number }, words)
  }
}

import type { Fqdn } from '../domain/names.ts'
import { addressesOf } from '../domain/plan.ts'
import type { WantedRoute } from '../domain/route-duty.ts'
import type { SessionTable } from './sessions.ts'
import type { StateCopy } from './state-copy.ts'

/** Changes that come together are sent together, and in a storm those that come while the former are set. */
const DELAY_MS = 5

/** A set costs the same for one change as for a hundred: in a storm they are so far apart. */
const APART_MS = 50

type Wishes = {
  copy: StateCopy
  sessions: SessionTable
  deviceOf: (instance: number) => string
  /** Settles when they are set, or can't be. */
  send: (routes: WantedRoute[]) => Promise<unknown>
}

/**
 * The routes that are wanted: the prefix of each connected gateway, on the device of the instance it is connected to.
 * Nothing is sent before it is known who is connected, or a start would take away the routes of everybody.
 */
export class RouteList {
  readonly #wishes: Wishes
  readonly #wanted = new Map<Fqdn, WantedRoute>()
  readonly #changed = new Set<Fqdn>()
  #isReady = false
  #timer: NodeJS.Timeout | undefined
  #isSending = false
  #sentAt = Number.NEGATIVE_INFINITY

  constructor(wishes: Wishes) {
    this.#wishes = wishes
  }

  changed(gateway: Fqdn): void {
    this.#changed.add(gateway)
    this.#schedule()
  }

  /** It is known who is connected. */
  ready(): void {
    if (this.#isReady || this.#wishes.copy.site === undefined) return
    this.#isReady = true
    for (const gateway of this.#wishes.sessions.gateways()) this.#changed.add(gateway)
    this.#update()
    this.#send()
  }

  /** Whether anything was ever sent. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Sends what has changed, if anything has. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isReady && this.#update()) this.#send()
  }

  #schedule(): void {
    if (!this.#isReady || this.#isSending) return
    const delayMs = Math.max(DELAY_MS, this.#sentAt + APART_MS - performance.now())
    this.#timer ??= setTimeout(() => this.flush(), delayMs)
  }

  #send(): void {
    this.#isSending = true
    this.#sentAt = performance.now()
    void this.#wishes.send([...this.#wanted.values()]).then(() => {
      this.#isSending = false
      if (this.#changed.size > 0) this.#schedule()
    })
  }

  #update(): boolean {
    let isOther = false
    for (const gateway of this.#changed) {
      const before = this.#wanted.get(gateway)
      const route = this.#routeOf(gateway, before)
      if (route?.prefix === before?.prefix && route?.device === before?.device) continue
      isOther = true
      if (route === undefined) this.#wanted.delete(gateway)
      else this.#wanted.set(gateway, route)
    }
    this.#changed.clear()
    return isOther
  }

  /**
   * A gateway that connects again is without a session for some milliseconds: its route stays for as long, because to take
   * it away and put it back is work for a whole storm, and packets would be refused meanwhile.
   */
  #routeOf(gateway: Fqdn, before: WantedRoute | undefined): WantedRoute | undefined {
    const { copy, sessions, deviceOf } = this.#wishes
    const access = copy.find(gateway)
    const { instance } = sessions.owner(gateway) ?? sessions.coming(gateway) ?? {}
    if (instance === undefined || access === undefined || copy.site === undefined) return undefined
    const device = deviceOf(instance)
    if (sessions.owner(gateway) === undefined && before?.device !== device) return undefined
    return { prefix: addressesOf(copy.site.plan, access).prefix, device }
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

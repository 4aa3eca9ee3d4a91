import type { PolicyText } from '../domain/agent-feed.ts'
import type { WantedGateway } from '../domain/route-duty.ts'
import type { StateCopy } from './state-copy.ts'

/** Changes that come together are sent together. */
const DELAY_MS = 5

/** Tells apply what the groups may and who is in them, whenever the copy of the state has changed. */
export class PolicyList {
  readonly #copy: StateCopy
  readonly #send: (policy: PolicyText, gateways: WantedGateway[]) => void
  #timer: NodeJS.Timeout | undefined

  constructor(copy: StateCopy, send: (policy: PolicyText, gateways: WantedGateway[]) => void) {
    this.#copy = copy
    this.#send = send
  }

  changed(): void {
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS)
  }

  /** A service that tells of no policy has none to be kept to, and the firewall is left as it is. */
  flush(): void {
    this.close()
    const { policy } = this.#copy
    if (policy !== undefined) this.#send(policy, Array.from(this.#copy.gateways(), placeOf).sort(byName))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function placeOf({ name, user, number, slot, groups }: WantedGateway): WantedGateway {
  return { name, user, number, slot, groups }
}

function byName(one: WantedGateway, other: WantedGateway): number {
  return one.name < other.name ? -1 : 1
}

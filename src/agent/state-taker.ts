import type { FeedAnswer, Order } from '../domain/agent-feed.ts'
import { recheck } from './end-session.ts'
import type { Host } from './host.ts'
import { type Askable, carryOut } from './orders.ts'

export type TakerOptions = {
  host: Host
  /** The instances as they can be asked now. */
  instances: () => Askable[]
  /** Settles when the routes are as they are wanted, or can't be. */
  routesSettled: () => Promise<unknown>
}

/** Takes what the service says: keeps it, acts on it, and carries out its orders. */
export class StateTaker {
  readonly #options: TakerOptions
  #orders: Promise<void> = Promise.resolve()

  constructor(options: TakerOptions) {
    this.#options = options
  }

  take(answer: FeedAnswer): void {
    const { host } = this.#options
    const { copy } = host
    const since = copy.position
    const change = copy.apply(answer)
    // Before the sessions that may not be are ended, so that an order finds what it was meant for.
    for (const order of answer.orders) this.#carryOut(answer.feed, order)
    recheck(host, change)
    if (since?.feed !== answer.feed || since.revision !== answer.revision) host.stateChanged()
  }

  /** Settles when every order was told of. */
  async finished(): Promise<void> {
    await this.#orders
  }

  #carryOut(feed: string, order: Order): void {
    const { host, instances, routesSettled } = this.#options
    const outcome = carryOut(host, instances(), order)
    // Told one after the other, as the last one that is done is what the next start begins with.
    this.#orders = this.#orders.then(async () => {
      const told = await outcome
      await routesSettled()
      host.tell({ type: 'order-done', at: host.now().toISOString(), feed, order: order.number, ...told })
      host.copy.carriedOut(feed, order.number)
      host.stateChanged()
      host.log.info({ order: order.number, kind: order.kind, ...told }, 'order carried out')
    })
  }
}

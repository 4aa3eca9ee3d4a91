import type { InstanceReceipt, Order } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'

/** What became of an order on the hosts it was for. */
export type OrderReceipt = {
  instances: (InstanceReceipt & { host: string })[]
  /** The hosts that did not answer in time, and the instances, as `host/number`, that their agents could not ask. */
  notReached: string[]
}

/** How long a host may take to answer, in milliseconds. */
const ANSWER_MS = 1000

/** How long an order is kept for a host that asks late. What matters longer than that stands in the state. */
const KEPT_MS = 10_000

/** What a host answered: what was found, and the instances that it could not ask. */
type Answer = { instances: readonly InstanceReceipt[]; notAsked: readonly number[] }

type Pending = {
  order: Order
  hosts: ReadonlySet<string>
  placedAtMs: number
  answers: Map<string, Answer>
  onAnswer: () => void
}

/** What agents are asked to do at once. In memory: the state alone brings a host in line that was away. */
export type Orders = ReturnType<typeof createOrders>

export function createOrders(answerMs = ANSWER_MS) {
  let pending: Pending[] = []
  let last = 0

  function forgetOld(): void {
    const oldestMs = performance.now() - KEPT_MS
    pending = pending.filter(({ placedAtMs }) => placedAtMs > oldestMs)
  }

  return {
    /** The number of the newest one. */
    last: (): number => last,
    /** What `host` has not been told since it saw order number `after`. */
    since: (host: string, after: number): Order[] => {
      forgetOld()
      return pending.filter(({ order, hosts }) => order.number > after && hosts.has(host)).map(({ order }) => order)
    },
    /** Places an order for the hosts in `reachable`, and tells what they answered within a second. */
    place: async (
      kind: Order['kind'],
      gateways: readonly Fqdn[],
      hosts: { reachable: readonly string[]; silent: readonly string[] },
    ): Promise<OrderReceipt> => {
      last += 1
      const asked = new Set(hosts.reachable)
      const order: Order = { number: last, kind, gateways: [...gateways] }
      const answers = new Map<string, Answer>()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, answerMs)
        const onAnswer = () => {
          if (answers.size < asked.size) return
          clearTimeout(timer)
          resolve()
        }
        pending.push({ order, hosts: asked, placedAtMs: performance.now(), answers, onAnswer })
        onAnswer()
      })
      return {
        instances: [...answers].flatMap(([host, { instances }]) => instances.map((one) => ({ host, ...one }))),
        notReached: [
          ...hosts.silent,
          ...hosts.reachable.filter((host) => !answers.has(host)),
          ...[...answers].flatMap(([host, { notAsked }]) => notAsked.map((number) => `${host}/${number}`)),
        ].sort(),
      }
    },
    /** Takes a host's answer; one that comes too late, or was not asked for, changes nothing. */
    answer: (host: string, number: number, { instances, notAsked }: Answer): void => {
      const found = pending.find(({ order }) => order.number === number)
      if (found === undefined || !found.hosts.has(host) || found.answers.has(host)) return
      found.answers.set(host, { instances, notAsked })
      found.onAnswer()
    },
  }
}

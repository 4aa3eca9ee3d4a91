import type { Access, FeedAnswer, FeedSite, PolicyText } from '../domain/agent-feed.ts'
import type { Fqdn } from '../domain/names.ts'
import { type Plan, planOf } from '../domain/plan.ts'
import { formatPrefix, parsePrefix } from '../domain/prefix.ts'

/** Where a copy stands: what the next question to the service begins with. */
export type Position = { feed: string; revision: number; order: number }

/** What holds for all gateways, with the plan that follows from it. */
export type Site = FeedSite & { readonly plan: Plan }

/** What was changed: names of gateways, or everything. */
export type Change = 'all' | ReadonlySet<Fqdn>

/** All that is kept of a copy. */
export type SavedCopy = {
  position: Position
  site: FeedSite
  policy: PolicyText | undefined
  gateways: Iterable<Access>
  retired: string[]
}

/**
 * The agent's own copy of who may connect. Decisions are made from it and from nothing else, so that no client ever waits
 * for the service, and it goes on deciding while the service is away.
 */
export class StateCopy {
  #site: Site | undefined
  #position: Position | undefined
  #policy: PolicyText | undefined
  #gateways = new Map<string, Access>()
  #carriedOut = 0
  /** Serials that ceased to be accepted here by the use of newer ones, which the service may not know yet. */
  readonly #retired = new Set<string>()

  /** Undefined until there is a state. */
  get site(): Site | undefined {
    return this.#site
  }

  get position(): Position | undefined {
    return this.#position
  }

  /** What the groups may; undefined until it was told. */
  get policy(): PolicyText | undefined {
    return this.#policy
  }

  gateways(): Iterable<Access> {
    return this.#gateways.values()
  }

  get size(): number {
    return this.#gateways.size
  }

  find(name: string): Access | undefined {
    return this.#gateways.get(name)
  }

  /** Takes what the service, or a saved copy, says. Orders are somebody else's to carry out. */
  apply(answer: FeedAnswer): Change {
    const isAll = answer.whole || this.#takeSite(answer.site)
    if (answer.whole) {
      this.#takeSite(answer.site)
      this.#gateways = new Map()
    }
    if (answer.policy !== null) this.#policy = answer.policy
    for (const name of answer.removed) this.#gateways.delete(name)
    for (const access of answer.gateways) this.#gateways.set(access.name, this.#withoutRetired(access))
    if (answer.whole) this.#forgetRetired(answer.gateways)
    const since = this.#position?.feed === answer.feed ? this.#position.order : 0
    const order = answer.orders.reduce((last, { number }) => Math.max(last, number), since)
    if (this.#position?.feed !== answer.feed) this.#carriedOut = 0
    this.#position = { feed: answer.feed, revision: answer.revision, order }
    return isAll ? 'all' : new Set([...answer.removed, ...answer.gateways.map(({ name }) => name)])
  }

  /** The use of a serial ends those of its gateway that were to retire. Says whether there were any. */
  use(name: Fqdn, serial: string): boolean {
    const access = this.#gateways.get(name)
    if (access === undefined || access.retiring.length === 0 || access.retiring.includes(serial)) return false
    for (const old of access.retiring) this.#retired.add(old)
    this.#gateways.set(name, this.#withoutRetired(access))
    return true
  }

  /** An order was carried out: after a restart it need not come again. */
  carriedOut(feed: string, order: number): void {
    if (this.#position?.feed === feed) this.#carriedOut = Math.max(this.#carriedOut, order)
  }

  save(): SavedCopy | undefined {
    const [site, position] = [this.#site, this.#position]
    if (site === undefined || position === undefined) return undefined
    const { prefix, pushRoutes, secondSession } = site
    return {
      position: { ...position, order: this.#carriedOut },
      site: { prefix, pushRoutes, secondSession },
      policy: this.#policy,
      gateways: this.#gateways.values(),
      retired: [...this.#retired],
    }
  }

  /** What a former life of the agent has kept. */
  restore({ position, retired }: Pick<SavedCopy, 'position' | 'retired'>, answer: FeedAnswer): void {
    for (const serial of retired) this.#retired.add(serial)
    this.apply(answer)
    this.#position = position
    this.#carriedOut = position.order
  }

  /** Returns whether it is another one than before. */
  #takeSite(site: FeedSite): boolean {
    const plan = planOf(parsePrefix(site.prefix))
    const before = this.#site
    if (before !== undefined && isSameSite(before, site)) return false
    // Another object, because what was made of the former one is kept by it.
    this.#site = { ...site, plan }
    return true
  }

  #withoutRetired(access: Access): Access {
    if (this.#retired.size === 0) return access
    const isLeft = (serial: string) => !this.#retired.has(serial)
    return { ...access, serials: access.serials.filter(isLeft), retiring: access.retiring.filter(isLeft) }
  }

  /** Those that the service does not accept any more need no remembering. */
  #forgetRetired(gateways: readonly Access[]): void {
    if (this.#retired.size === 0) return
    const accepted = new Set(gateways.flatMap(({ serials }) => serials))
    for (const serial of this.#retired) if (!accepted.has(serial)) this.#retired.delete(serial)
  }
}

function isSameSite(site: Site, other: FeedSite): boolean {
  return (
    formatPrefix(site.plan.site) === other.prefix &&
    site.secondSession === other.secondSession &&
    site.pushRoutes.join() === other.pushRoutes.join()
  )
}

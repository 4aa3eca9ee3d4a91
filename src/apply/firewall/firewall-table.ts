import { renderRuleset } from '../../render/ruleset.ts'
import {
  ELEMENT_NAMES,
  ElementMaker,
  elementLine,
  renderConnect,
  renderDisconnect,
} from '../../render/ruleset-elements.ts'
import type { Connected, RulesetInput } from '../../render/ruleset-input.ts'
import { isSameSet, parseListing } from './listing.ts'
import type { Nft } from './nft.ts'

/** More changes than these cost more than a new table. */
const CHANGES_MAX = 400

/** The set of those connections that were opened before the rules forbade them. */
const CUT = 'cut'

/** Who is connected, by prefix. */
type ConnectedGateways = ReadonlyMap<string, Connected>

/** A policy as the table has it: its text without elements, by which two are compared. */
export type TableWish = { text: string; input: (connected: readonly Connected[]) => RulesetInput }

/** What is in the kernel: the table without its elements, as it was rendered and as it was listed, and who is in it. */
type Loaded = { text: string; structure: string; connected: ConnectedGateways; combinations: ReadonlySet<string> }

/** The table `inet vpnunit`, as it was put into the kernel. */
export class FirewallTable {
  readonly #nft: Nft
  #loaded: Loaded | undefined
  /** The ids of the connections that are cut; those of a table that is forgotten come into the next one. */
  #cut: ReadonlySet<string> = new Set()
  /** Raised when a change begins and when it has ended: a listing of meanwhile shows neither the one nor the other. */
  #turn = 0

  constructor(nft: Nft) {
    this.#nft = nft
  }

  /** Who is in it; undefined while nothing is known to be in place. */
  get connected(): ConnectedGateways | undefined {
    return this.#loaded?.connected
  }

  /** The next update replaces the whole of it. */
  forget(): void {
    this.#loaded = undefined
  }

  /**
   * Makes it what is wanted: by elements where nothing but who is connected has changed, otherwise as a whole.
   * @returns whether it was replaced as a whole
   * @throws Error with what nft said; then nothing is known to be in place
   */
  async update(wish: TableWish, wanted: ConnectedGateways): Promise<boolean> {
    const before = this.#loaded
    const isWhole = before === undefined || before.text !== wish.text || needsWhole(before, wanted)
    await this.#changing(async () => {
      this.#loaded = undefined
      this.#loaded = isWhole ? await this.#replace(wish, wanted) : await this.#change(wish, wanted, before)
    })
    return isWhole
  }

  /**
   * Makes the connections of these ids, and no others, those that do not go on.
   * @returns how many are cut that were not before
   * @throws Error with what nft said
   */
  async cut(ids: ReadonlySet<string>): Promise<number> {
    const added = [...ids].filter((id) => !this.#cut.has(id)).length
    if (this.#loaded === undefined || (added === 0 && ids.size === this.#cut.size)) return 0
    await this.#changing(async () => {
      await this.#nft.load(`flush set inet vpnunit ${CUT}\n${cutLine(ids)}`)
      this.#cut = ids
    })
    return added
  }

  /** Whether there is a table of this name, whatever is in it. */
  async isThere(): Promise<boolean> {
    return (await this.#nft.list()) !== undefined
  }

  /** Whether the kernel has what was put there. */
  async isAsLeft({ input }: TableWish): Promise<boolean> {
    const turn = this.#turn
    if (this.#loaded === undefined || turn % 2 === 1) return true
    const { structure, elements } = await this.#list()
    if (this.#turn !== turn || this.#loaded === undefined) return true
    if (structure !== this.#loaded.structure) return false
    const maker = new ElementMaker(input([]))
    if (!isSameSet(elements.get(CUT), this.#cut)) return false
    const wanted = [...this.#loaded.connected.values()].map((one) => maker.elementsOf(one))
    return ELEMENT_NAMES.every((name) =>
      isSameSet(elements.get(name), new Set(wanted.flatMap((one) => one[name] ?? []))),
    )
  }

  async #changing(act: () => Promise<void>): Promise<void> {
    this.#turn++
    try {
      await act()
    } finally {
      this.#turn++
    }
  }

  async #replace({ text, input }: TableWish, wanted: ConnectedGateways): Promise<Loaded> {
    const whole = renderRuleset(input([...wanted.values()])) + cutLine(this.#cut)
    await this.#nft.check(whole)
    await this.#nft.load(whole)
    const { structure } = await this.#list()
    return { text, structure, connected: wanted, combinations: new Set(combinationsOf(wanted.values())) }
  }

  async #change({ input }: TableWish, wanted: ConnectedGateways, before: Loaded): Promise<Loaded> {
    const none = input([])
    const gone = notIn(before.connected, wanted).map((one) => renderDisconnect(none, one))
    const come = notIn(wanted, before.connected).map((one) => renderConnect(none, one))
    if (gone.length + come.length > 0) await this.#nft.load([...gone, ...come].join(''))
    return { ...before, connected: wanted }
  }

  async #list() {
    return parseListing((await this.#nft.list()) ?? '')
  }
}

/** In one line: nftables takes thousands. */
function cutLine(ids: ReadonlySet<string>): string {
  return ids.size === 0 ? '' : `${elementLine('add', CUT, [...ids].join(', '))}\n`
}

/** Those that the others do not have in the same way. */
function notIn(some: ConnectedGateways, others: ConnectedGateways): Connected[] {
  return [...some].filter(([prefix, one]) => !isSame(one, others.get(prefix))).map(([, one]) => one)
}

function isSame(one: Connected, other: Connected | undefined): boolean {
  return other !== undefined && one.device === other.device && one.groups.join() === other.groups.join()
}

/** Gateways in several groups share a chain with those in the same ones, which a new table brings. */
function combinationsOf(connected: Iterable<Connected>): string[] {
  return Array.from(connected, ({ groups }) => groups.join()).filter((groups) => groups.includes(','))
}

function needsWhole({ connected, combinations }: Loaded, wanted: ConnectedGateways): boolean {
  const changes = notIn(connected, wanted).length + notIn(wanted, connected).length
  return changes > CHANGES_MAX || combinationsOf(wanted.values()).some((one) => !combinations.has(one))
}

import type { GroupName } from '../domain/names.ts'
import { formatAddress } from '../domain/prefix.ts'
import { ELEMENT_NAMES, ElementMaker, elementLine, lines, ruleLines } from './ruleset-elements.ts'
import { combinationChains, namedGroups } from './ruleset-groups.ts'
import type { Connected, RulesetInput } from './ruleset-input.ts'
import { membersSet } from './ruleset-names.ts'

/** A gateway as a whole ruleset has it: also one that is not connected is a member where a rule names its groups. */
export type Placed = Connected & { readonly isConnected: boolean }

/** What became of a gateway; without `before` it is new, without `after` it is gone. */
export type Moved = { readonly before: Placed | undefined; readonly after: Placed | undefined }

type Element = readonly [set: string, element: string]

/**
 * The lines that stand behind a whole ruleset in its file, and make of it what another one would be: for a gateway that
 * came, went, or is in other groups now. The policy must be the same.
 */
export class RulesetGrowth {
  readonly #maker: ElementMaker
  readonly #named: ReadonlySet<GroupName>
  /** The chains of combinations of groups that the file has. */
  readonly #chains: Set<string>

  /** `input` is what the ruleset was made of. */
  constructor(input: RulesetInput) {
    this.#maker = new ElementMaker(input)
    this.#named = namedGroups(input.policy)
    this.#chains = new Set(input.connected.flatMap((one) => this.#chainsOf(one).map(([chain]) => chain)))
  }

  /** All removals first: a gateway may have come to the place of one that went. */
  render(moves: readonly Moved[]): string {
    const gone = moves.flatMap(({ before, after }) => this.#without(before, after))
    const come = moves.flatMap(({ before, after }) => this.#without(after, before))
    const chains = moves.flatMap(({ after }) => (after?.isConnected ? this.#newChains(after) : []))
    return lines([
      ...gone.map((element) => elementLine('delete', ...element)),
      ...chains,
      ...come.map((element) => elementLine('add', ...element)),
    ])
  }

  /** The elements of `one` that `other` has not. */
  #without(one: Placed | undefined, other: Placed | undefined): Element[] {
    const known = new Set(this.#elementsOf(other).map(String))
    return this.#elementsOf(one).filter((element) => !known.has(String(element)))
  }

  #elementsOf(gateway: Placed | undefined): Element[] {
    if (gateway === undefined) return []
    const elements = this.#maker.elementsOf(gateway)
    const own = ELEMENT_NAMES.flatMap((name): Element[] => {
      const element = elements[name]
      return element === undefined || !gateway.isConnected ? [] : [[name, element]]
    })
    const address = formatAddress(gateway.prefix.address)
    const named = gateway.groups.filter((group) => this.#named.has(group))
    return [...own, ...named.map((group): Element => [membersSet(group), address])]
  }

  #chainsOf({ groups }: Connected): [chain: string, rules: string[]][] {
    return combinationChains(this.#maker.ask(groups).groups)
  }

  /** Only those that are not there yet: others are asked by gateways that must not be without them for a moment. */
  #newChains(gateway: Connected): string[] {
    const added = this.#chainsOf(gateway).filter(([chain]) => !this.#chains.has(chain))
    for (const [chain] of added) this.#chains.add(chain)
    return added.flatMap(([chain, rules]) => [`add chain inet vpnunit ${chain}`, ...ruleLines(chain, rules)])
  }
}

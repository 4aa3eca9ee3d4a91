import { userPrefix } from '../domain/plan.ts'
import { contains, type Prefix } from '../domain/prefix.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { type Moved, type Placed, RulesetGrowth } from '../render/ruleset-growth.ts'
import type { RulesetInput } from '../render/ruleset-input.ts'
import { GrowingFile } from './growing-file.ts'
import { type FirewallSettings, type FirewallTables, placeOf, readStaticRuleset } from './static-ruleset.ts'

/** So many lines may stand behind the ruleset, or one for each gateway in it: each costs `nft` more than an element. */
const GROWN_MIN = 500

/** A user whom a rule names, and who is nobody there while there is no gateway. */
type NamedUser = { number: number; block: Prefix; hasGateways: boolean }

/** What the file holds. */
type Written = {
  places: Map<string, Placed>
  named: readonly NamedUser[]
  growth: RulesetGrowth
  /** The lines behind the ruleset, and how many there may be. */
  grown: number
  most: number
}

/**
 * firewall/ruleset.nft: one transaction for `nft -f`. Where gateways changed and nothing else, lines for them are appended,
 * so that the cost of one does not grow with the number of all; anything else writes it whole.
 */
export class FirewallFile {
  readonly #file: GrowingFile
  readonly #settings: FirewallSettings
  readonly #store: FirewallTables
  /** Undefined until a first write, and after one that failed: the next one is whole. */
  #written: Written | undefined

  constructor(path: string, settings: FirewallSettings, store: FirewallTables) {
    this.#file = new GrowingFile(path)
    this.#settings = settings
    this.#store = store
  }

  replaceAll(): void {
    this.#written = undefined
    const { input, places } = readStaticRuleset(this.#store, this.#settings)
    this.#file.replace(renderRuleset(input))
    const most = Math.max(GROWN_MIN, input.connected.length)
    this.#written = { places, named: this.#namedUsers(input), growth: new RulesetGrowth(input), grown: 0, most }
  }

  /** Makes it right for these gateways, as the rows have them now, or have them no more. */
  update(names: Iterable<string>): void {
    const written = this.#written
    const isGrown = written !== undefined && this.#file.isUntouched && this.#grow(names, written)
    if (!isGrown) this.replaceAll()
  }

  /** Whether lines that are appended could do it. */
  #grow(names: Iterable<string>, written: Written): boolean {
    const moves = new Map(Array.from(names, (name) => [name, this.#moveOf(name, written)]))
    if ([...moves.values()].some((move) => this.#isNamed(move, written))) return false
    // Until its lines are written the whole is to be written.
    this.#written = undefined
    const text = written.growth.render([...moves.values()])
    const grown = written.grown + text.split('\n').length - 1
    if (grown > written.most) return false
    this.#file.append(text)
    for (const [name, { after }] of moves) {
      if (after === undefined) written.places.delete(name)
      else written.places.set(name, after)
    }
    this.#written = { ...written, grown }
    return true
  }

  #moveOf(name: string, { places }: Written): Moved {
    const gateway = this.#store.gateways.findPublished(name)
    const after = gateway && placeOf(this.#settings, gateway, this.#store.members.groupsOf(gateway.name))
    return { before: places.get(name), after }
  }

  /** Whether the rules themselves change with it: one names a user who had no gateway until now, or has none any more. */
  #isNamed({ before, after }: Moved, { named }: Written): boolean {
    const place = before ?? after
    if (place === undefined || (before !== undefined && after !== undefined)) return false
    const user = named.find(({ block }) => contains(block, place.prefix))
    return user !== undefined && user.hasGateways !== this.#store.gateways.namesOfUser(user.number).length > 0
  }

  #namedUsers({ policy, userPrefixes }: RulesetInput): NamedUser[] {
    const peers = policy.groups.flatMap(({ rules }) => rules.map(({ peer }) => peer))
    const names = new Set(peers.flatMap((peer) => (peer.kind === 'user' ? [peer.name] : [])))
    return [...names].flatMap((name) => {
      const number = this.#store.members.userReference(name)?.userNumber
      if (number === undefined) return []
      return [{ number, block: userPrefix(this.#settings.plan, number), hasGateways: userPrefixes.has(name) }]
    })
  }
}

import { type Decision, decide } from './decide.ts'
import type { Flow, Side } from './match.ts'
import type { Peer } from './peer.ts'
import { type Sample, samplesOf } from './places.ts'
import type { Policy } from './policy.ts'
import type { Action } from './rule.ts'
import type { Endpoint, World } from './world.ts'

/** A question in the words of a policy: may `from` open such a connection to `to`? */
export type Question = { readonly from: Peer; readonly to: Peer } & Pick<Flow, 'protocol' | 'port'>

/** One pair of ends, and what is decided of them. */
export type Example = { readonly from: Endpoint; readonly to: Endpoint; readonly decision: Decision }

/**
 * The answer: `mixed` where not all ends fare alike, with an example of each; `nobody` where a word names no end at all,
 * such as a group without gateways; `too-much` where so many differ that nobody would wait for all of them.
 */
export type Explanation = {
  readonly verdict: Action | 'mixed' | 'nobody' | 'too-much'
  readonly allow: Example | undefined
  readonly deny: Example | undefined
  /** Which of the two words name no end. */
  readonly nobody: readonly Side[]
}

/** Some three seconds of work, in which nobody else is answered: pairs of ends, and rules that each may go through. */
const PAIRS_MAX = 1_000_000
const RULES_MAX = 60_000_000

/** What is left of that, where several questions are one piece of work. */
export type Budget = { pairs: number; rules: number }

export const newBudget = (): Budget => ({ pairs: PAIRS_MAX, rules: RULES_MAX })

/** Each makes two samples, and each sample is held against each. */
const PREFIXES_MAX = 2000

export function explain(
  policy: Policy,
  world: World,
  { from, to, protocol, port }: Question,
  budget = newBudget(),
): Explanation {
  if (hasTooMany(policy)) return TOO_MUCH
  const [sources, destinations] = [samplesOf(policy, world, from), samplesOf(policy, world, to)]
  const pairs = sources.length * destinations.length
  if (!spend(budget, pairs, pairs * longestOf(policy, world))) return TOO_MUCH
  const examples: { [action in Action]?: Example } = {}
  for (const [source, destination] of pairsOf(sources, destinations)) {
    const decision = decide(policy, world, { from: source.end, to: destination.end, protocol, port })
    examples[decision.verdict] ??= { from: source.end, to: destination.end, decision }
    if (examples.allow !== undefined && examples.deny !== undefined) break
  }
  const { allow, deny } = examples
  if (allow !== undefined && deny !== undefined) return { verdict: 'mixed', allow, deny, nobody: [] }
  const nobody = [...sideOf('from', sources), ...sideOf('to', destinations)]
  return { verdict: (allow ?? deny)?.decision.verdict ?? 'nobody', allow, deny, nobody }
}

/** Returns false, and takes nothing, where less is left. */
function spend(budget: Budget, pairs: number, rules: number): boolean {
  if (pairs > budget.pairs || rules > budget.rules) return false
  budget.pairs -= pairs
  budget.rules -= rules
  return true
}

/** How many rules the two ends of a connection may have to go through, at the most. */
function longestOf({ groups }: Policy, { gateways }: World): number {
  const lengths = new Map(groups.map(({ name, rules }) => [name, rules.length]))
  let longest = 0
  for (const gateway of gateways.values()) {
    const length = gateway.groups.reduce((sum, group) => sum + (lengths.get(group) ?? 0), 0)
    longest = Math.max(longest, length)
  }
  return 2 * longest
}

function sideOf(side: Side, samples: readonly Sample[]): Side[] {
  return samples.length === 0 ? [side] : []
}

const TOO_MUCH: Explanation = { verdict: 'too-much', allow: undefined, deny: undefined, nobody: [] }

function hasTooMany({ groups }: Policy): boolean {
  const peers = groups.flatMap(({ rules }) => rules.map(({ peer }) => peer))
  const prefixes = peers.flatMap((peer) =>
    peer.kind === 'prefix' ? `${peer.prefix.address}/${peer.prefix.length}` : [],
  )
  return new Set(prefixes).size > PREFIXES_MAX
}

/**
 * What a gateway says to itself is left out, and what the host does, unless nothing else was asked for: in the words
 * "group:ops to group:ops" nobody means that.
 */
function* pairsOf(sources: readonly Sample[], destinations: readonly Sample[]): Generator<[Sample, Sample]> {
  const same: [Sample, Sample][] = []
  let hasOthers = false
  for (const from of sources) {
    for (const to of destinations) {
      if (isSame(from, to)) same.push([from, to])
      else yield [from, to]
      hasOthers ||= !isSame(from, to)
    }
  }
  if (!hasOthers) yield* same
}

function isSame(from: Sample, to: Sample): boolean {
  if (from.end.kind === 'host' || to.end.kind === 'host') return from.end.kind === to.end.kind
  return from.gateway !== undefined && from.gateway === to.gateway
}

/** What a policy says of itself, to be held at every change of it. */
export type PolicyTest = Question & { readonly expect: Action }

/** Whether it is so for all ends that the test names. A test about nobody holds: there is nothing to keep from them. */
export function holds(policy: Policy, world: World, test: PolicyTest): boolean {
  const { verdict } = explain(policy, world, test)
  return verdict === test.expect || verdict === 'nobody'
}

import { type Decision, decide } from './decide.ts'
import { endsOf } from './ends.ts'
import type { Flow } from './match.ts'
import type { Peer } from './peer.ts'
import type { Policy } from './policy.ts'
import type { Action } from './rule.ts'
import type { Endpoint, World } from './world.ts'

/** A connection in the words of a rule's peer, each of which may mean many. */
export type Question = Pick<Flow, 'protocol' | 'port'> & { readonly from: Peer; readonly to: Peer }

export type Example = { readonly from: Endpoint; readonly to: Endpoint; readonly decision: Decision }

export type Explanation = {
  /** `mixed`: some of it is allowed, and some is not. `nobody`: the words mean nobody at the moment. */
  readonly verdict: Action | 'mixed' | 'nobody'
  /** One of each verdict; the one that a rule decided where there is one. */
  readonly examples: readonly Example[]
}

/** What becomes of every connection that a question means. */
export function explain(policy: Policy, world: World, { from, to, protocol, port }: Question): Explanation {
  const all: Example[] = []
  const others: Example[] = []
  const destinations = endsOf(policy, world, to)
  for (const source of endsOf(policy, world, from)) {
    for (const destination of destinations) {
      const decision = decide(policy, world, { from: source, to: destination, protocol, port })
      keep(isAbout(decision) ? all : others, { from: source, to: destination, decision })
    }
  }
  const examples = all.length > 0 ? all : others
  const verdicts = [...new Set(examples.map(({ decision }) => decision.verdict))]
  const [verdict = 'nobody'] = verdicts
  return { verdict: verdicts.length > 1 ? 'mixed' : verdict, examples }
}

/** A gateway and itself, an address that nobody has, two strangers: not what a question about many means. */
function isAbout({ because }: Decision): boolean {
  return because !== 'loop' && because !== 'spoof' && because !== 'not-ours'
}

/** Keeps the first of each verdict, and rather one that a rule decided. */
function keep(examples: Example[], one: Example): void {
  const at = examples.findIndex(({ decision }) => decision.verdict === one.decision.verdict)
  const known = examples[at]
  if (known === undefined) examples.push(one)
  else if (known.decision.because !== 'rule' && one.decision.because === 'rule') examples[at] = one
}

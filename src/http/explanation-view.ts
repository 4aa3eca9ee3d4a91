import type { Decision } from '../domain/policy/decide.ts'
import type { Explanation } from '../domain/policy/explain.ts'
import { formatMember, type Policy } from '../domain/policy/policy.ts'
import { formatRule } from '../domain/policy/rule.ts'
import { type Endpoint, gatewayAt, type World } from '../domain/policy/world.ts'
import { formatAddress } from '../domain/prefix.ts'

/** What is said of a connection: an example of each verdict, with the rule that decides and whose it is. */
export function viewExplanation({ verdict, allow, deny, nobody }: Explanation, policy: Policy, world: World) {
  const examples = [allow, deny].filter((example) => example !== undefined)
  return {
    verdict,
    default: policy.default,
    nobody: [...nobody],
    examples: examples.map(({ from, to, decision }) => ({
      verdict: decision.verdict,
      because: decision.because,
      from: viewEnd(from, world),
      to: viewEnd(to, world),
      decidedBy: viewDeciding(decision, policy, world),
    })),
  }
}

function viewEnd(end: Endpoint, world: World) {
  if (end.kind === 'host') return { address: 'host', gateway: null }
  return { address: formatAddress(end.address), gateway: gatewayAt(world, end.address)?.name ?? null }
}

function viewDeciding({ side, gateway, group, index, rule }: Decision, policy: Policy, world: World) {
  if (side === undefined || gateway === undefined || index === undefined || rule === undefined) return null
  const user = world.gateways.get(gateway)?.user
  const members = policy.groups.find(({ name }) => name === group)?.members ?? []
  const via = members.filter(({ name }) => name === gateway || name === user).map(formatMember)
  return { side, gateway, group: String(group), position: index + 1, via, rule: formatRule(rule) }
}

export type ExplanationView = ReturnType<typeof viewExplanation>

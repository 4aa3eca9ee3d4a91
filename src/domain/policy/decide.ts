import type { Fqdn, GroupName } from '../names.ts'
import { type Flow, matches, type Side } from './match.ts'
import type { Policy } from './policy.ts'
import type { Action, Rule } from './rule.ts'
import { type Endpoint, endpointOf, gatewayAt, isBehindVpn, type PlacedGateway, type World } from './world.ts'

/** The rule that says so, whose it is and where it stands. */
export type Deciding = {
  readonly side: Side
  readonly gateway: Fqdn
  readonly group: GroupName
  /** From 0 on. */
  readonly index: number
  readonly rule: Rule
}

export type Because =
  | 'rule'
  | 'default'
  /** From inside a gateway's prefix back into it: it would go to and fro between the two. */
  | 'loop'
  /** A source behind the VPN that is nobody's. */
  | 'spoof'
  /** What IPv6 needs, and every ICMPv6 message from or to the host. */
  | 'icmpv6-needed'
  /** Neither end is behind the VPN: the rules have no say. */
  | 'not-ours'

export type Decision = { readonly verdict: Action; readonly because: Because } & Partial<Deciding>

/** RFC 4890, section 4.3.1: unreachable, packet too big, time exceeded, parameter problem. */
export const NEEDED_ICMPV6_TYPES: readonly number[] = [1, 2, 3, 4]

/**
 * What becomes of a connection: the one place that knows what a policy means. `render/ruleset.ts` says the same in the
 * words of nftables, and src/e2e/policy-kernel.test.ts holds the two against each other, packet by packet.
 */
export function decide(policy: Policy, world: World, asked: Flow): Decision {
  const flow = { ...asked, from: endpointOf(world.plan, asked.from), to: endpointOf(world.plan, asked.to) }
  const [source, destination] = [gatewayOf(world, flow.from), gatewayOf(world, flow.to)]
  if (!isOurs(world, flow.from) && !isOurs(world, flow.to)) return { verdict: 'allow', because: 'not-ours' }
  if (source === undefined && isOurs(world, flow.from)) return { verdict: 'deny', because: 'spoof' }
  if (source !== undefined && source === destination) return { verdict: 'deny', because: 'loop' }
  if (isNeeded(flow)) return { verdict: 'allow', because: 'icmpv6-needed' }
  const said = [ask(policy, world, 'from', source, flow), ask(policy, world, 'to', destination, flow)]
  const deciding = said.find((one) => one?.rule.action === 'deny') ?? said.find((one) => one !== undefined)
  if (deciding !== undefined) return { verdict: deciding.rule.action, because: 'rule', ...deciding }
  return { verdict: policy.default === 'open' ? 'allow' : 'deny', because: 'default' }
}

/** The first rule of a gateway's groups that matches on its side. */
function ask(
  policy: Policy,
  world: World,
  side: Side,
  gateway: PlacedGateway | undefined,
  flow: Flow,
): Deciding | undefined {
  for (const name of gateway?.groups ?? []) {
    const rules = policy.groups.find((group) => group.name === name)?.rules ?? []
    const index = rules.findIndex((rule) => matches(world, rule, side, flow))
    const rule = rules[index]
    if (rule !== undefined && gateway !== undefined) return { side, gateway: gateway.name, group: name, index, rule }
  }
  return undefined
}

function gatewayOf(world: World, end: Endpoint): PlacedGateway | undefined {
  return end.kind === 'host' ? undefined : gatewayAt(world, end.address)
}

function isOurs({ plan }: World, end: Endpoint): boolean {
  return end.kind === 'address' && isBehindVpn(plan, end.address)
}

function isNeeded({ from, to, protocol, icmpType }: Flow): boolean {
  if (protocol !== 'icmpv6') return false
  return from.kind === 'host' || to.kind === 'host' || NEEDED_ICMPV6_TYPES.includes(icmpType ?? 128)
}

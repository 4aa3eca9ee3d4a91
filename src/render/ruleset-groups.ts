import type { GroupName } from '../domain/names.ts'
import type { Side } from '../domain/policy/match.ts'
import type { Group } from '../domain/policy/policy.ts'
import { formatAddress } from '../domain/prefix.ts'
import { word } from './fill.ts'
import type { RulesetInput } from './ruleset-input.ts'
import { gatewayChain, groupChain, hostChain, membersSet } from './ruleset-names.ts'
import { renderHostRule, renderRule } from './ruleset-rule.ts'

export const SIDES: readonly Side[] = ['from', 'to']

/**
 * The chains of each group. What the host is asked or asks is told apart once, by a look into the routing table, and
 * not in each rule.
 */
export function renderGroups(input: RulesetInput): string {
  return input.policy.groups.map((group) => SIDES.map((side) => renderGroup(input, group, side)).join('')).join('')
}

function renderGroup(input: RulesetInput, { name, rules }: Pick<Group, 'name' | 'rules'>, side: Side): string {
  const ofHost = rules.flatMap((rule) => renderHostRule(rule, side))
  const ofOthers = rules.flatMap((rule) => renderRule(input, rule, side))
  const [chain, host] = [word(groupChain(name, side)), word(hostChain(name, side))]
  const isEmpty = ofHost.length + ofOthers.length === 0
  const toHost = `    fib ${side === 'from' ? 'daddr' : 'saddr'} type local ${ofHost.length === 0 ? 'return' : `goto ${host}`}\n`
  return [
    ofHost.length === 0 ? '' : `  chain ${host} {\n${ofHost.join('')}  }\n`,
    `  chain ${chain} {\n${isEmpty ? '' : toHost}${ofOthers.join('')}  }\n`,
  ].join('')
}

/** The groups that a rule names as its peer. */
export function namedGroups({ groups }: RulesetInput['policy']): Set<GroupName> {
  const named = new Set<GroupName>()
  for (const { rules } of groups) for (const { peer } of rules) if (peer.kind === 'group') named.add(peer.name)
  return named
}

/** The sets of those groups. */
export function renderMembers({ policy, memberPrefixes }: RulesetInput): string {
  return [...namedGroups(policy)]
    .sort()
    .map((name) => {
      const members = (memberPrefixes.get(name) ?? []).map(({ address }) => formatAddress(address))
      return renderSet('set', membersSet(name), 'ipv6_addr', members)
    })
    .join('')
}

/** A set or a map; an empty list of elements is a syntax error. */
export function renderSet(kind: 'set' | 'map', name: string, type: string, elements: readonly string[]): string {
  const list = elements.length === 0 ? '' : `    elements = {\n      ${elements.join(',\n      ')}\n    }\n`
  return `  ${kind} ${word(name)} {\n    type ${type}\n${list}  }\n`
}

/** What a combination's chains consist of, by the name of the chain. */
export function combinationChains(groups: readonly GroupName[]): [chain: string, rules: string[]][] {
  if (groups.length < 2) return []
  return SIDES.map((side) => [
    gatewayChain(groups, side) ?? '',
    groups.map((group) => `jump ${groupChain(group, side)}`),
  ])
}

import { parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { FIRST_USER, lastUser, type Plan, SLOTS } from '../domain/plan.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { parseRule, type RuleText } from '../domain/policy/rule.ts'
import { type PlacedGateway, type World, worldOf } from '../domain/policy/world.ts'
import { Refusal } from './refusal.ts'

/** What the groups may, and who is where. */
export type Rights = { policy: Policy; world: World }

/**
 * A policy and the gateways that it is about, every part of it read anew: rules by their own parser, names by theirs, places
 * within the plan of this host.
 * @throws Refusal, Problem
 */
export function parseRights(policy: unknown, gateways: unknown, plan: Plan): Rights {
  const { default: preset, groups } = membersOf(policy, 'the policy')
  if (preset !== 'open' && preset !== 'closed')
    throw new Refusal('the default of the policy is neither open nor closed')
  const parsed = listOf(groups, 'the groups').map((group) => parseGroup(membersOf(group, 'a group')))
  const placed = listOf(gateways, 'the gateways').map((gateway) => parseGateway(membersOf(gateway, 'a gateway'), plan))
  return { policy: { default: preset, groups: parsed }, world: worldOf(plan, placed) }
}

function parseGroup({ name, rules }: Record<string, unknown>): Policy['groups'][number] {
  return {
    name: parseGroupName(textOf(name, 'the name of a group')),
    rules: listOf(rules, 'the rules').map((rule) => parseRule(ruleText(membersOf(rule, 'a rule')))),
    // Who is in it is told with the gateways.
    members: [],
  }
}

function ruleText({ action, direction, peer, protocol, ports, network }: Record<string, unknown>): RuleText {
  return {
    action: textOf(action, 'an action'),
    direction: textOf(direction, 'a direction'),
    peer: textOf(peer, 'a peer'),
    protocol: textOf(protocol, 'a protocol'),
    ...(ports === undefined ? {} : { ports: listOf(ports, 'the ports').map((port) => textOf(port, 'a port')) }),
    ...(network === undefined ? {} : { network: textOf(network, 'a network') }),
  }
}

function parseGateway({ name, user, number, slot, groups }: Record<string, unknown>, plan: Plan): PlacedGateway {
  return {
    name: parseFqdn(textOf(name, 'the name of a gateway')),
    user: parseUserName(textOf(user, 'the name of a user')),
    number: numberOf(number, FIRST_USER, lastUser(plan)),
    slot: numberOf(slot, 0, SLOTS - 1),
    groups: listOf(groups, 'the groups of a gateway').map((group) => parseGroupName(textOf(group, 'a group'))),
  }
}

/** @throws Refusal */
export function membersOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(`${what} is no object`)
  return value as Record<string, unknown>
}

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Refusal(`${what} are no list`)
  return value
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Refusal(`${what} is no text`)
  return value
}

function numberOf(value: unknown, least: number, most: number): number {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    throw new Refusal(`a number is not ${least} to ${most}`)
  }
  return Number(value)
}

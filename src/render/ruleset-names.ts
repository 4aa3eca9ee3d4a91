import { createHash } from 'node:crypto'
import type { GroupName } from '../domain/names.ts'
import type { Side } from '../domain/policy/match.ts'
import { byName } from '../domain/policy/policy.ts'

/**
 * What things are called in the ruleset. A group's name is a-z, 0-9 and "-", all of which nftables takes, and never has
 * a "_": so no two groups, sides or kinds can ever meet in one identifier.
 */
export function groupChain(group: GroupName, side: Side): string {
  return `group_${group}_${side}`
}

/** Where the rules stand that may be about the host itself. */
export function hostChain(group: GroupName, side: Side): string {
  return `group_${group}_${side}_host`
}

export function membersSet(group: GroupName): string {
  return `members_${group}`
}

/** The groups of a gateway, as the ruleset asks them: those that there are, by name, each once. */
export function askedGroups(groups: readonly GroupName[], known: ReadonlySet<GroupName>): GroupName[] {
  const names = [...new Set(groups)].filter((group) => known.has(group))
  return names
    .map((name) => ({ name }))
    .sort(byName)
    .map(({ name }) => name)
}

/** The chain that speaks for a gateway. An identifier has 128 characters at most, so several groups become a digest. */
export function gatewayChain(groups: readonly GroupName[], side: Side): string | undefined {
  const [only] = groups
  if (only === undefined) return undefined
  if (groups.length === 1) return groupChain(only, side)
  return `combination_${createHash('sha256').update(groups.join()).digest('hex').slice(0, 40)}_${side}`
}

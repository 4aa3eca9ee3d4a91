import type { GroupName } from '../domain/names.ts'
import { type Default, formatMember, type Group, type Policy } from '../domain/policy/policy.ts'
import { formatRule, type RuleText } from '../domain/policy/rule.ts'
import type { PolicyTest } from '../store/policy-tests.ts'

/** A policy with what stands beside its rules: everything that is one document. */
export type WholePolicy = {
  policy: Policy
  descriptions: ReadonlyMap<GroupName, string>
  tests: readonly PolicyTest[]
}

export type GroupDifference = {
  name: GroupName
  description: { before: string; after: string } | null
  membersAdded: string[]
  membersRemoved: string[]
  /** The whole lists, where they differ: their order counts. */
  rules: { before: RuleText[]; after: RuleText[] } | null
}

export type PolicyDifference = {
  changed: boolean
  default: { before: Default; after: Default } | null
  groupsAdded: GroupName[]
  groupsRemoved: GroupName[]
  /** Those that are added are here too. */
  groupsChanged: GroupDifference[]
  tests: { added: string[]; removed: string[]; changed: string[] }
}

/** What would become another, from one policy to the next. */
export function differenceOf(before: WholePolicy, after: WholePolicy): PolicyDifference {
  const [old, wanted] = [groupsOf(before), groupsOf(after)]
  const groupsAdded = [...wanted.keys()].filter((name) => !old.has(name))
  const groupsRemoved = [...old.keys()].filter((name) => !wanted.has(name))
  const groupsChanged = after.policy.groups
    .map((group) => differenceOfGroup(group, old.get(group.name), before, after))
    .filter((one) => one !== undefined)
  const [was, is] = [before.policy.default, after.policy.default]
  const tests = differenceOfTests(before.tests, after.tests)
  const changed =
    was !== is ||
    [groupsAdded, groupsRemoved, groupsChanged].some((list) => list.length > 0) ||
    !isSame(before.tests, after.tests)
  return {
    changed,
    default: was === is ? null : { before: was, after: is },
    groupsAdded,
    groupsRemoved,
    groupsChanged,
    tests,
  }
}

function groupsOf({ policy }: WholePolicy): Map<GroupName, Group> {
  return new Map(policy.groups.map((group) => [group.name, group]))
}

function differenceOfGroup(
  group: Group,
  old: Group | undefined,
  before: WholePolicy,
  after: WholePolicy,
): GroupDifference | undefined {
  const { name } = group
  const [was, is] = [before.descriptions.get(name) ?? '', after.descriptions.get(name) ?? '']
  const [oldMembers, members] = [old?.members ?? [], group.members].map((list) => new Set(list.map(formatMember)))
  const [oldRules = [], rules = []] = [old?.rules ?? [], group.rules].map((list) => list.map(formatRule))
  const difference: GroupDifference = {
    name,
    description: was === is ? null : { before: was, after: is },
    membersAdded: lacking(members, oldMembers),
    membersRemoved: lacking(oldMembers, members),
    rules: isSame(oldRules, rules) ? null : { before: oldRules, after: rules },
  }
  const { description, membersAdded, membersRemoved } = difference
  const isSilent = membersAdded.length + membersRemoved.length === 0 && description === null
  return isSilent && difference.rules === null ? undefined : difference
}

function differenceOfTests(before: readonly PolicyTest[], after: readonly PolicyTest[]): PolicyDifference['tests'] {
  const [old, wanted] = [before, after].map((tests) => new Map(tests.map((test) => [test.name, test])))
  const names = (tests: readonly PolicyTest[], isOne: (test: PolicyTest) => boolean) =>
    tests.filter(isOne).map(({ name }) => name)
  return {
    added: names(after, ({ name }) => old?.has(name) === false),
    removed: names(before, ({ name }) => wanted?.has(name) === false),
    changed: names(after, (test) => {
      const known = old?.get(test.name)
      return known !== undefined && !isSame(known, test)
    }),
  }
}

/** What is in the first and not in the second. */
function lacking(some: ReadonlySet<string> = new Set(), others: ReadonlySet<string> = new Set()): string[] {
  return [...some].filter((one) => !others.has(one))
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

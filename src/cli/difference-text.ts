import type { GroupDifference, PolicyDifference } from '../http/policy-document.ts'
import { ruleWords } from './policy-text.ts'
import { printable } from './printable.ts'

/** What would become another: a line each, "+" for what comes and "-" for what goes. */
export function differenceText(difference: PolicyDifference, isDry: boolean): string {
  if (!difference.changed) return 'nothing is another: the policy is as it was\n'
  const { groupsAdded, groupsRemoved, groupsChanged, tests } = difference
  const lines = [
    ...(difference.default === null ? [] : swap('default ', difference.default.before, difference.default.after)),
    ...groupsAdded.map((name) => `+ group ${name}`),
    ...groupsRemoved.map((name) => `- group ${name}`),
    ...groupsChanged.flatMap(groupLines),
    ...tests.added.map((name) => `+ test ${name}`),
    ...tests.removed.map((name) => `- test ${name}`),
    ...tests.changed.map((name) => `~ test ${name}`),
  ]
  const end = isDry ? 'nothing was changed: this is what would be' : 'the policy is changed'
  return `${[...lines, end].map(printable).join('\n')}\n`
}

function groupLines({ name, description, membersAdded, membersRemoved, rules }: GroupDifference): string[] {
  const lines = [
    ...(description === null ? [] : swap('description ', description.before, description.after)),
    ...membersAdded.map((member) => `+ member ${member}`),
    ...membersRemoved.map((member) => `- member ${member}`),
    ...(rules === null ? [] : ruleLines(rules)),
  ]
  return lines.map((line) => `${line.slice(0, 2)}${name}: ${line.slice(2)}`)
}

function ruleLines({ before, after }: NonNullable<GroupDifference['rules']>): string[] {
  const [old, wanted] = [before, after].map((rules) => rules.map(ruleWords))
  const gone = lacking(old ?? [], wanted ?? []).map((rule) => `- rule ${rule}`)
  const come = lacking(wanted ?? [], old ?? []).map((rule) => `+ rule ${rule}`)
  return gone.length + come.length === 0 ? ['~ rules in another order'] : [...gone, ...come]
}

/** What is in the first and not in the second, as often as that is so. */
function lacking(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return some.filter((one) => {
    const at = left.indexOf(one)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function swap(what: string, before: string, after: string): string[] {
  return [`- ${what}${before}`, `+ ${what}${after}`]
}

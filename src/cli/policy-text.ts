import type { ExplanationView } from '../http/explanation-view.ts'
import type { AppliedRuleView, EffectiveRulesView, GroupView, RuleView } from '../http/policy-views.ts'
import type { SessionView } from '../http/session-views.ts'
import { type Cell, formatFacts, formatTable } from './table.ts'

const RULE_HEADING = ['ACTION', 'DIRECTION', 'PEER', 'PROTOCOL', 'PORTS', 'NETWORK']

/** The cells of RULE_HEADING. */
function ruleCells({ action, direction, peer, protocol, ports, network }: RuleView): Cell[] {
  return [action, direction, peer, protocol, ports?.join(','), network]
}

/** A rule in one line, as `group rule add` takes it. */
export function ruleWords(rule: RuleView): string {
  const { action, direction, peer, protocol, ports, network } = rule
  const more = [ports && `ports ${ports.join(',')}`, network && `network ${network}`].filter(Boolean)
  return [action, direction, peer, protocol, ...more].join(' ')
}

export function groupTable(groups: readonly GroupView[]): string {
  return formatTable(
    ['NAME', 'MEMBERS', 'RULES', 'DESCRIPTION'],
    groups.map(({ name, members, rules, description }) => [name, members, rules, description]),
  )
}

export function groupFacts({ name, description, members, rules, createdAt }: GroupView): string {
  return formatFacts([
    ['name', name],
    ['description', description],
    ['members', members],
    ['rules', rules],
    ['created', createdAt],
  ])
}

export function rulesTable(rules: readonly RuleView[]): string {
  return formatTable(
    ['POSITION', ...RULE_HEADING],
    rules.map((rule, at) => [at + 1, ...ruleCells(rule)]),
  )
}

export function effectiveText({ gateway, default: fallback, groups, rules }: EffectiveRulesView): string {
  const facts = formatFacts([
    ['gateway', gateway],
    ['groups', groups.join(' ')],
    ['where no rule says anything', fallback],
  ])
  return rules.length === 0 ? facts : `${facts}\n${appliedTable(rules)}`
}

function appliedTable(rules: readonly AppliedRuleView[]): string {
  return formatTable(
    ['GROUP', 'POSITION', ...RULE_HEADING, 'VIA'],
    rules.map(({ group, position, via, ...rule }) => [group, position, ...ruleCells(rule), via.join(',')]),
  )
}

/** A line for each rule of each session, so that grep finds whose it is. */
export function sessionRulesTable(sessions: readonly SessionView[]): string {
  return formatTable(
    ['GATEWAY', 'ADDRESS', 'GROUPS', 'GROUP', 'POSITION', ...RULE_HEADING],
    sessions.flatMap(({ gateway, address, groups, rules = [] }) => {
      const head = [gateway, address, groups.join(',')]
      const none: Cell[][] = [[...head, ...Array.from({ length: 2 + RULE_HEADING.length }, () => null)]]
      return rules.length === 0 ? none : rules.map((rule) => [...head, rule.group, rule.position, ...ruleCells(rule)])
    }),
  )
}

/** The verdict, then which end of what was `asked` is nobody, or an example of each that there is, with what decides it. */
export function explanationText(
  explanation: ExplanationView,
  asked: Readonly<Record<string, string | undefined>>,
): string {
  const { verdict, examples, nobody, default: fallback } = explanation
  const missing = nobody.map((side): [string, Cell] => {
    return [side, `${asked[side]} is nobody: no gateway belongs to it at the moment`]
  })
  const lines = examples.flatMap((example): [string, Cell][] => {
    const { decidedBy, because } = example
    const ends = `${endWords(example.from)} to ${endWords(example.to)}`
    if (decidedBy === null) {
      return [
        [example.verdict, ends],
        ['  by', because === 'default' ? `the default, ${fallback}: no rule says anything` : becauseWords(because)],
      ]
    }
    const { group, position, gateway, via, rule } = decidedBy
    return [
      [example.verdict, ends],
      ['  by', `rule ${position} of ${group}: ${ruleWords(rule)}`],
      ['  of', `${gateway}, through ${via.join(' and ')}`],
    ]
  })
  return formatFacts([['verdict', verdict], ...missing, ...lines])
}

/** What decides where no rule and no default does. */
const BECAUSE: Readonly<Record<string, string>> = {
  loop: 'no rule: from a gateway back to itself is never let through',
  spoof: 'no rule: it would come from an address behind the VPN that nobody has',
  'icmpv6-needed': 'no rule: IPv6 needs these messages, and no rule can deny them',
  'not-ours': 'no rule: neither end is behind the VPN, and the policy has no say',
}

function becauseWords(because: string): string {
  return BECAUSE[because] ?? because
}

function endWords({ address, gateway }: { address: string; gateway: string | null }): string {
  return gateway === null ? address : `${gateway} (${address})`
}

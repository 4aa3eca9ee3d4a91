import { ownBlock } from '../domain/policy/world.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { fill, readTemplate, word } from './fill.ts'
import { ELEMENT_NAMES, ElementMaker, quotedDevice } from './ruleset-elements.ts'
import { combinationChains, renderGroups, renderMembers, renderSet } from './ruleset-groups.ts'
import type { RulesetInput } from './ruleset-input.ts'

const TEMPLATE = readTemplate('ruleset.nft')

/** Why a packet is dropped: each has its counter, its chain and its word in the log. */
export const DROP_REASONS = ['ipv4', 'spoof', 'loop', 'deny', 'default'] as const

const TYPES = {
  onlink: ['set', 'ifname . ipv6_addr'],
  self: ['set', 'ipv6_addr . ipv6_addr'],
  from: ['map', 'ipv6_addr : verdict'],
  to: ['map', 'ipv6_addr : verdict'],
} as const

/**
 * The whole of the table, which replaces what is there in one transaction. It says in the words of nftables what
 * `domain/policy/decide.ts` says of one connection.
 */
export function renderRuleset(input: RulesetInput): string {
  if (input.devices.length === 0) throw new Error('a ruleset needs the device of a tunnel')
  const maker = new ElementMaker(input)
  const logs = DROP_REASONS.map((reason) => [`log_${reason}`, input.log ? logLine(reason) : ''])
  return fill(TEMPLATE, {
    devices: input.devices.map(quotedDevice).join(', '),
    site: word(formatPrefix(input.plan.site)),
    own: word(formatPrefix(ownBlock(input.plan))),
    connected: renderConnected(input, maker),
    members: renderMembers(input),
    groups: renderGroups(input),
    combinations: renderCombinations(input, maker),
    ...Object.fromEntries(logs),
    ...defaults(input),
  })
}

/** Whoever is refused must not be able to fill the log. */
function logLine(reason: string): string {
  return `    limit rate 10/second burst 20 packets log prefix "vpnunit ${reason}: "\n`
}

function renderConnected({ connected }: RulesetInput, maker: ElementMaker): string {
  const all = connected.map((gateway) => maker.elementsOf(gateway))
  return ELEMENT_NAMES.map((name) => {
    const elements = all.flatMap((one) => one[name] ?? [])
    return renderSet(TYPES[name][0], name, TYPES[name][1], elements)
  }).join('')
}

function renderCombinations({ connected }: RulesetInput, maker: ElementMaker): string {
  const chains = new Map(connected.flatMap(({ groups }) => combinationChains(maker.ask(groups).groups)))
  const render = ([chain, rules]: [string, string[]]) => `  chain ${word(chain)} {\n    ${rules.join('\n    ')}\n  }\n`
  return [...chains].map(render).join('')
}

/** What is left over: accepted by the policy of the chains, or dropped where one end is behind the VPN. */
function defaults({
  policy,
  plan,
}: RulesetInput): Record<'forward_default' | 'input_default' | 'output_default', string> {
  if (policy.default === 'open') return { forward_default: '', input_default: '', output_default: '' }
  const [site, own] = [word(formatPrefix(plan.site)), word(formatPrefix(ownBlock(plan)))]
  const drop = (field: string) => `    ip6 ${field} ${site} ip6 ${field} != ${own} goto drop_default\n`
  return {
    forward_default: `    ip6 saddr & ffff:ffff:ffff:fff0:: vmap @from\n${drop('saddr')}${drop('daddr')}`,
    input_default: drop('saddr'),
    output_default: drop('daddr'),
  }
}

import { PROTOCOLS } from '../domain/policy/rule.ts'
import type { EffectiveRulesView, RuleView } from '../http/policy-views.ts'
import { type Call, type Command, JSON_OPTION, numberIn, show } from './command.ts'
import { pathOf } from './gateway-call.ts'
import { groupPath } from './group-commands.ts'
import { effectiveText, rulesTable } from './policy-text.ts'

const json = { json: JSON_OPTION }

const RULES: Command = {
  words: ['group', 'rules'],
  operands: ['name'],
  meaning: 'list the rules of a group, in their order',
  options: json,
  examples: ['vpnunit group rules ops'],
  run: async (call) => show(call, await call.api.json<RuleView[]>('GET', rulesPath(call)), rulesTable),
}

const ADD: Command = {
  words: ['group', 'rule', 'add'],
  operands: ['name', 'action', 'way', 'peer'],
  fields: { direction: 'way' },
  meaning: 'add a rule: allow or deny, from members, to them or both, a peer',
  options: {
    protocol: {
      meaning: 'any when it is not given',
      value: 'protocol',
      choices: PROTOCOLS,
    },
    ports: { meaning: 'such as 22,8000-8100; every port when they are not given', value: 'list' },
    network: { meaning: 'only of this network of the member, 0 to f', value: 'digit' },
    position: { meaning: 'before the rule at this position, not at the end', value: 'n' },
    ...json,
  },
  examples: [
    'vpnunit group rule add ops allow from any',
    'vpnunit group rule add ops allow to group:dev --protocol tcp --ports 22,8000-8100 --position 1',
    'vpnunit group rule add ops deny both 2001:db8::/32 --network 1',
  ],
  run: async (call) => {
    const [, action, direction, peer] = call.operands
    const { protocol = 'any', ports, network } = call.values
    const position = numberIn(call, 'position')
    const rule = { action, direction, peer, protocol, ports: ports?.split(','), network, position }
    show(call, await call.api.json<RuleView[]>('POST', rulesPath(call), rule), rulesTable)
  },
}

const REMOVE: Command = {
  words: ['group', 'rule', 'remove'],
  operands: ['name', 'position'],
  meaning: 'remove the rule at a position, as "group rules" lists them',
  options: json,
  examples: ['vpnunit group rule remove ops 2'],
  run: async (call) => {
    const position = encodeURIComponent(call.operands[1] ?? '')
    show(call, await call.api.json<RuleView[]>('DELETE', `${rulesPath(call)}/${position}`), rulesTable)
  },
}

const OF_GATEWAY: Command = {
  words: ['gateway', 'rules'],
  operands: ['fqdn'],
  meaning: 'list the rules that hold for a gateway, each with where it comes from',
  options: json,
  examples: ['vpnunit gateway rules router.johndoe.example.org'],
  run: async (call) => {
    show(call, await call.api.json<EffectiveRulesView>('GET', `${pathOf(call)}/rules`), effectiveText)
  },
}

/** What groups say, and what of it holds for a gateway. */
export const RULE_COMMANDS: readonly Command[] = [RULES, ADD, REMOVE, OF_GATEWAY]

function rulesPath(call: Call): string {
  return `${groupPath(call)}/rules`
}

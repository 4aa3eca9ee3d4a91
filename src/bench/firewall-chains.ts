import { formatPrefix } from '../domain/prefix.ts'
import type { Namespace } from '../e2e/lab/namespaces.ts'
import { renderGroups, renderMembers } from '../render/ruleset-groups.ts'
import type { Connected, RulesetInput } from '../render/ruleset-input.ts'

/**
 * The same policy as dynVPN keeps it: a chain for each connected user, and rules in the forward chain that jump there
 * by address. Its best case: the rules of a group are in a chain of their own, and only called from the user's.
 */
const TABLE = 'inet by_user'

const chainOf = ({ prefix }: Connected) => `user_${prefix.address.toString(16)}`

const groupOf = ({ groups }: Connected) => `group_${groups[0]}`

const jumpsOf = (gateway: Connected) => [
  `ip6 saddr ${formatPrefix(gateway.prefix)} jump ${chainOf(gateway)}`,
  `ip6 daddr ${formatPrefix(gateway.prefix)} jump ${chainOf(gateway)}_to`,
]

export function renderChains(input: RulesetInput): string {
  const users = input.connected.map(
    (gateway) =>
      `chain ${chainOf(gateway)} {\njump ${groupOf(gateway)}_from\n}\nchain ${chainOf(gateway)}_to {\njump ${groupOf(gateway)}_to\n}\n`,
  )
  const hook = 'type filter hook forward priority filter; policy drop;\nct state established,related accept\n'
  const rules = `${renderMembers(input)}chain drop_deny {\ndrop\n}\n${renderGroups(input)}`
  const forward = `chain forward {\n${hook}${input.connected.flatMap(jumpsOf).join('\n')}\n}\n`
  return `table ${TABLE}\ndelete table ${TABLE}\ntable ${TABLE} {\n${rules}${users.join('')}${forward}}\n`
}

/** What its hook does when a user has connected: a call for each step. */
export async function connectByChains(host: Namespace, gateway: Connected): Promise<void> {
  const nft = (...words: string[]) => host.run('nft', words)
  for (const [chain, side] of [
    [chainOf(gateway), 'from'],
    [`${chainOf(gateway)}_to`, 'to'],
  ] as const) {
    await nft('add', 'chain', ...TABLE.split(' '), chain)
    await nft('add', 'rule', ...TABLE.split(' '), chain, 'jump', `${groupOf(gateway)}_${side}`)
  }
  for (const jump of jumpsOf(gateway)) await nft('add', 'rule', ...TABLE.split(' '), 'forward', ...jump.split(' '))
}

/** And when one has gone: rules are removed by their handles, which must be looked up. */
export async function disconnectByChains(host: Namespace, gateway: Connected): Promise<void> {
  const list = await host.run('nft', ['-a', 'list', 'chain', ...TABLE.split(' '), 'forward'])
  const lines = list.split('\n').filter((line) => new RegExp(`jump ${chainOf(gateway)}(_to)? `).test(line))
  const handles = lines.map((line) => /# handle (\d+)/.exec(line)?.[1] ?? '')
  for (const handle of handles) {
    await host.run('nft', ['delete', 'rule', ...TABLE.split(' '), 'forward', 'handle', handle])
  }
  for (const chain of [chainOf(gateway), `${chainOf(gateway)}_to`]) {
    await host.run('nft', [`flush chain ${TABLE} ${chain}; delete chain ${TABLE} ${chain}`])
  }
}

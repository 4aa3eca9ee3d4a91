import { countOf } from '../domain/count.ts'
import type { PolicyView } from '../http/policy-document.ts'
import type { GatewaySummaryView, UserView } from '../http/views.ts'
import { type Call, show } from './command.ts'
import { type DynvpnEntry, type DynvpnFile, parseDynvpnFile } from './dynvpn-file.ts'
import { readOperand } from './input-file.ts'
import { printable } from './printable.ts'
import { Refusal } from './refusal.ts'

/** How many users are created in one call: as many as it takes. */
const CHUNK = 500

const DESCRIPTION = 'from dynVPN: give it the rules that its file in acl_rules had'

/** What an import makes, or would make. */
type Plan = {
  users: string[]
  groups: string[]
  members: { group: string; member: string }[]
  renamed: Record<string, string>
}

/** Adds the groups and members of dynVPN's acl_members to the policy. What is there stays; a second time does nothing. */
export async function importDynvpn(call: Call, path: string): Promise<void> {
  const { api, switches } = call
  const users = new Set<string>((await api.json<UserView[]>('GET', '/users')).map(({ name }) => name))
  const gateways = new Set<string>((await api.json<GatewaySummaryView[]>('GET', '/gateways')).map(({ name }) => name))
  const file = parseDynvpnFile(readOperand(path).toString(), { users, gateways })
  const { value: policy, etag } = await api.tagged<PolicyView>('/policy')
  const missing = missingUsers(file, users)
  refuseFaults([...file.faults, ...(switches.has('create-users') ? [] : missing.map(noUser))])
  const plan = planOf(file, policy, [...new Set(missing.map(({ member }) => nameOf(member)))])
  const isDry = switches.has('dry-run')
  if (!isDry) {
    for (let at = 0; at < plan.users.length; at += CHUNK) {
      const chunk = plan.users.slice(at, at + CHUNK)
      await api.json(
        'POST',
        '/users',
        chunk.map((name) => ({ name })),
      )
    }
    if (plan.groups.length + plan.members.length > 0)
      await api.json('PUT', '/policy', withPlan(policy, plan), { 'if-match': etag })
  }
  show(call, plan, () => planText(plan, isDry))
}

function missingUsers({ entries }: DynvpnFile, users: ReadonlySet<string>): DynvpnEntry[] {
  return entries.filter(({ member }) => member.startsWith('user:') && !users.has(nameOf(member)))
}

function noUser({ line, member }: DynvpnEntry): { line: number; message: string } {
  return { line, message: `there is no user ${nameOf(member)}: see vpnunit user add, or --create-users` }
}

function nameOf(member: string): string {
  return member.slice(member.indexOf(':') + 1)
}

function refuseFaults(faults: readonly { line: number; message: string }[]): void {
  if (faults.length === 0) return
  const lines = faults.map(({ line, message }) => `\n  ${line === 0 ? '' : `line ${line}: `}${message}`)
  throw new Refusal({ type: '/problems/items-refused', detail: `nothing was imported:${lines.join('')}`, errors: [] })
}

function planOf({ entries, names }: DynvpnFile, policy: PolicyView, users: string[]): Plan {
  const wanted = new Map<string, Set<string>>()
  for (const { member, groups } of entries) {
    for (const group of groups) wanted.set(group, (wanted.get(group) ?? new Set()).add(member))
  }
  const held = new Map(Object.entries(policy.groups).map(([name, { members }]) => [name, new Set(members)]))
  return {
    users,
    groups: [...wanted.keys()].filter((name) => !held.has(name)),
    members: [...wanted].flatMap(([group, members]) =>
      [...members].filter((member) => !held.get(group)?.has(member)).map((member) => ({ group, member })),
    ),
    renamed: Object.fromEntries([...names.users, ...names.groups].filter(([name, mapped]) => name !== mapped)),
  }
}

function withPlan(policy: PolicyView, { groups, members }: Plan): object {
  const made = groups.map((name) => [name, { description: DESCRIPTION, members: [], rules: [] }] as const)
  const all = { ...policy.groups, ...Object.fromEntries(made) }
  const byGroup = Map.groupBy(members, ({ group }) => group)
  const grown = Object.entries(all).map(([name, group]) => [
    name,
    { ...group, members: [...group.members, ...(byGroup.get(name) ?? []).map(({ member }) => member)] },
  ])
  return { ...policy, groups: Object.fromEntries(grown) }
}

function planText({ users, groups, members, renamed }: Plan, isDry: boolean): string {
  const lines = [
    ...Object.entries(renamed).map(([name, mapped]) => `${name} is called ${mapped} here`),
    ...users.map((name) => `+ user ${name}`),
    ...groups.map((name) => `+ group ${name}, without rules: see vpnunit group rule add`),
    ...members.map(({ group, member }) => `+ ${group}: member ${member}`),
    isDry
      ? 'nothing was changed: this is what would be'
      : `${countOf(groups.length, 'group')} and ${countOf(members.length, 'member')} added`,
  ]
  return `${lines.map(printable).join('\n')}\n`
}

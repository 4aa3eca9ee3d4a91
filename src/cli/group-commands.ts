import type { GroupView, MemberView } from '../http/policy-views.ts'
import { type Call, type Command, JSON_OPTION, show } from './command.ts'
import { groupFacts, groupTable } from './policy-text.ts'
import { printable } from './printable.ts'
import { createOrKeep, differenceIn, removeOrMissing } from './repeatable.ts'
import { formatTable } from './table.ts'

const json = { json: JSON_OPTION }

const ADD: Command = {
  words: ['group', 'add'],
  operands: ['name'],
  meaning: 'create a group of users and gateways',
  options: {
    description: { meaning: 'what it is for', value: 'text' },
    'if-missing': { meaning: 'do nothing when it is there already' },
    ...json,
  },
  examples: ['vpnunit group add ops', 'vpnunit group add ops --description "may reach everything" --if-missing'],
  run: async (call) => {
    const [name = ''] = call.operands
    const { description } = call.values
    const group = await createOrKeep<GroupView>(call, {
      collection: '/groups',
      path: groupPath(call),
      body: { name, description },
      differences: (present) => differenceIn('description', present.description, description),
    })
    show(call, group, groupFacts)
  },
}

const LIST: Command = {
  words: ['group', 'list'],
  operands: [],
  meaning: 'list the groups',
  options: json,
  examples: ['vpnunit group list', 'vpnunit group list --json | jq -r .[].name'],
  run: async (call) => show(call, await call.api.json<GroupView[]>('GET', '/groups'), groupTable),
}

const SHOW: Command = {
  words: ['group', 'show'],
  operands: ['name'],
  meaning: 'show a group',
  options: json,
  examples: ['vpnunit group show ops'],
  run: async (call) => show(call, await call.api.json<GroupView>('GET', groupPath(call)), groupFacts),
}

const REMOVE: Command = {
  words: ['group', 'remove'],
  operands: ['name'],
  meaning: 'remove a group with its rules; its members stay, as users and gateways',
  options: { 'if-present': { meaning: 'do nothing when there is none of this name' }, ...json },
  examples: ['vpnunit group remove ops', 'vpnunit group remove ops --if-present'],
  // The answer is empty: there is nothing to show.
  run: async (call) => {
    await removeOrMissing(call, groupPath(call))
  },
}

const MEMBERS: Command = {
  words: ['group', 'members'],
  operands: ['name'],
  meaning: 'list who is in a group',
  options: json,
  examples: ['vpnunit group members ops', 'vpnunit group members ops --json | jq -r .[].member'],
  run: async (call) =>
    show(call, await call.api.json<MemberView[]>('GET', `${groupPath(call)}/members`), (members) =>
      formatTable(
        ['KIND', 'NAME'],
        members.map(({ kind, name }) => [kind, name]),
      ),
    ),
}

const MEMBER_EXAMPLES = ['johndoe', 'router.johndoe.example.org']

/** vpnunit group …, as far as its rules are not concerned. */
export const GROUP_COMMANDS: readonly Command[] = [
  ADD,
  LIST,
  SHOW,
  REMOVE,
  MEMBERS,
  memberCommand('add-member', 'PUT', 'put a user with all its gateways, or a gateway, into a group'),
  memberCommand('remove-member', 'DELETE', 'take a user or a gateway out of a group'),
]

function memberCommand(word: string, method: string, meaning: string): Command {
  return {
    words: ['group', word],
    operands: ['name', 'member'],
    meaning,
    options: json,
    examples: MEMBER_EXAMPLES.map((member) => `vpnunit group ${word} ops ${member}`),
    run: async (call) => {
      const [group = '', member = ''] = call.operands
      const list = `${groupPath(call)}/members`
      // For the words alone, which scripts are not told.
      const before = call.switches.has('json') ? [] : await call.api.json<MemberView[]>('GET', list)
      const path = `${list}/${encodeURIComponent(member)}`
      const answer = await call.api.json<MemberView | undefined>(method, path)
      const wasIn = before.some((one) => one.member === member || one.name === member)
      if (answer !== undefined) show(call, answer, (added) => inWords(added.member, wasIn, group))
      // Taken out, it is shown to nobody: the answer is empty.
      else if (!call.switches.has('json')) call.print(outWords(member, wasIn, group))
    },
  }
}

/** The path of the group that a command names. */
export function groupPath({ operands }: Pick<Call, 'operands'>): string {
  return `/groups/${encodeURIComponent(operands[0] ?? '')}`
}

function inWords(member: string, wasIn: boolean, group: string): string {
  return `${printable(`${member} ${wasIn ? `was in ${group} already` : `is in ${group} now`}`)}\n`
}

function outWords(member: string, wasIn: boolean, group: string): string {
  return `${printable(`${member} ${wasIn ? `is not in ${group} any more` : `was not in ${group}`}`)}\n`
}

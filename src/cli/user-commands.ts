import type { EndedSessionsView } from '../http/session-views.ts'
import type { UserView } from '../http/views.ts'
import { type Call, type Command, JSON_OPTION, numberIn, show } from './command.ts'
import { createOrKeep, differenceIn, removeOrMissing } from './repeatable.ts'
import { endedFacts } from './session-text.ts'
import { formatFacts, formatTable } from './table.ts'

/** A user, and, where a change ended sessions, what became of them. */
type ChangedUserView = UserView & { sessions?: EndedSessionsView }

const json = { json: JSON_OPTION }

/** vpnunit user … */
export const USER_COMMANDS: readonly Command[] = [
  {
    words: ['user', 'add'],
    operands: ['name'],
    meaning: 'create a user',
    options: {
      number: { meaning: 'its number, decimal, instead of the lowest that is free and rested', value: 'n' },
      'if-missing': { meaning: 'do nothing when it is there already' },
      ...json,
    },
    examples: ['vpnunit user add johndoe', 'vpnunit user add office --number 2 --if-missing'],
    run: async (call) => {
      const [name = ''] = call.operands
      const number = numberIn(call, 'number')
      const user = await createOrKeep<UserView>(call, {
        collection: '/users',
        path: pathOf(name),
        body: { name, number },
        differences: (present) => differenceIn('number', present.number, number),
      })
      show(call, user, userFacts)
    },
  },
  {
    words: ['user', 'list'],
    operands: [],
    meaning: 'list the users',
    options: json,
    examples: ['vpnunit user list', 'vpnunit user list --json | jq -r .[].name'],
    run: async (call) => show(call, await call.api.json<UserView[]>('GET', '/users'), userTable),
  },
  {
    words: ['user', 'show'],
    operands: ['name'],
    meaning: 'show a user',
    options: json,
    examples: ['vpnunit user show johndoe'],
    run: async (call) => show(call, await call.api.json<UserView>('GET', pathOf(call.operands[0])), userFacts),
  },
  {
    words: ['user', 'remove'],
    operands: ['name'],
    meaning: 'remove a user that has no gateways',
    options: { 'if-present': { meaning: 'do nothing when there is none of this name' }, ...json },
    examples: ['vpnunit user remove johndoe', 'vpnunit user remove johndoe --if-present'],
    // The answer is empty: there is nothing to show.
    run: async (call) => {
      await removeOrMissing(call, pathOf(call.operands[0]))
    },
  },
  setDisabled('disable', true, 'keep out a user with all its gateways', 'vpnunit user disable johndoe'),
  setDisabled('enable', false, 'let a user in again', 'vpnunit user enable johndoe'),
]

function setDisabled(word: string, disabled: boolean, meaning: string, example: string): Command {
  return {
    words: ['user', word],
    operands: ['name'],
    meaning,
    options: json,
    examples: [example],
    run: async (call: Call) => {
      show(call, await call.api.json<ChangedUserView>('PATCH', pathOf(call.operands[0]), { disabled }), userFacts)
    },
  }
}

function pathOf(name = ''): string {
  return `/users/${encodeURIComponent(name)}`
}

function userTable(users: readonly UserView[]): string {
  return formatTable(
    ['NAME', 'NUMBER', 'HEX', 'PREFIX', 'GATEWAYS', 'DISABLED'],
    users.map(({ name, number, hex, prefix, gateways, disabled }) => [name, number, hex, prefix, gateways, disabled]),
  )
}

function userFacts(user: ChangedUserView): string {
  return formatFacts([
    ['name', user.name],
    ['number', `${user.number} (${user.hex})`],
    ['prefix', user.prefix],
    ['gateways', user.gateways],
    ['disabled', user.disabled],
    ['created', user.createdAt],
    ...(user.sessions === undefined ? [] : endedFacts(user.sessions)),
  ])
}

import type { NewTokenView, TokenView } from '../http/views.ts'
import { type Call, type Command, JSON_OPTION, show, timeIn } from './command.ts'
import { removeOrMissing } from './repeatable.ts'
import { STANDARD_OUTPUT, writeSecretFile } from './secret-output.ts'
import { formatFacts, formatTable } from './table.ts'

const json = { json: JSON_OPTION }

const ADD: Command = {
  words: ['token', 'add'],
  operands: ['name'],
  meaning: 'create a token, and print it this once',
  options: {
    scope: {
      meaning: 'what it is good for: admin, read, or agent: and the name of a VPN host',
      value: 'scope',
      isNeeded: true,
    },
    expires: { meaning: 'the day or time (UTC) at which it ends; never when it is not given', value: 'time' },
    output: { meaning: 'write it alone to this file, readable by you alone; "-" prints it alone', value: 'file' },
    ...json,
  },
  fields: { expiresAt: 'expires' },
  examples: [
    'vpnunit token add prometheus --scope read --output prometheus.token',
    'vpnunit token add vpn1 --scope agent:vpn1.example.org --output vpn1.token',
    'vpnunit token add ansible --scope admin --expires 2027-01-01 --output ansible.token',
  ],
  run: addToken,
}

const LIST: Command = {
  words: ['token', 'list'],
  operands: [],
  meaning: 'list the tokens, with when each was last used',
  options: json,
  examples: ['vpnunit token list', 'vpnunit token list --json | jq -r .[].name'],
  run: async (call) => show(call, await call.api.json<TokenView[]>('GET', '/tokens'), tokenTable),
}

const REMOVE: Command = {
  words: ['token', 'remove'],
  operands: ['name'],
  meaning: 'remove a token: the next call with it is refused',
  options: { 'if-present': { meaning: 'do nothing when there is none of this name' }, ...json },
  examples: ['vpnunit token remove prometheus', 'vpnunit token remove prometheus --if-present'],
  // The answer is empty: there is nothing to show.
  run: async (call) => {
    await removeOrMissing(call, pathOf(call.operands[0]))
  },
}

/** vpnunit token … */
export const TOKEN_COMMANDS: readonly Command[] = [ADD, LIST, REMOVE]

async function addToken(call: Call): Promise<void> {
  const [name] = call.operands
  const { scope, output } = call.values
  const expiresAt = timeIn(call, 'expires')
  const created = await call.api.json<NewTokenView>('POST', '/tokens', { name, scope, expiresAt })
  if (output === undefined || (output === STANDARD_OUTPUT && call.switches.has('json'))) {
    show(call, created, newTokenFacts)
    return
  }
  const { token, ...others } = created
  if (output === STANDARD_OUTPUT) {
    // Whoever says where it goes wants it without words around it.
    call.print(`${token}\n`)
    return
  }
  await keep(call, output, others.name, token)
  show(call, others, tokenFacts)
}

/** A token that nobody has is of no use: one that can't be written is removed again. */
async function keep(call: Call, file: string, name: string, text: string): Promise<void> {
  try {
    writeSecretFile(file, `${text}\n`)
  } catch (error) {
    await call.api.json('DELETE', pathOf(name))
    throw error
  }
}

function pathOf(name = ''): string {
  return `/tokens/${encodeURIComponent(name)}`
}

function tokenTable(tokens: readonly TokenView[]): string {
  return formatTable(
    ['NAME', 'SCOPE', 'EXPIRES', 'LAST-USED'],
    tokens.map(({ name, scope, expiresAt, lastUsedAt }) => [name, scope, expiresAt, lastUsedAt]),
  )
}

function tokenFacts(token: TokenView): string {
  return formatFacts(factsOf(token))
}

function newTokenFacts(created: NewTokenView): string {
  return formatFacts([...factsOf(created), ['token', created.token]])
}

function factsOf({ name, scope, createdAt, expiresAt }: TokenView): [string, string | null][] {
  return [
    ['name', name],
    ['scope', scope],
    ['created', createdAt],
    ['expires', expiresAt],
  ]
}

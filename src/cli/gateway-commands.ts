import type { GatewaySummaryView } from '../http/views.ts'
import { type Call, type Command, JSON_OPTION, numberIn, show, timeIn, wrong } from './command.ts'
import { KEY_OPTIONS, keyOf, pathOf } from './gateway-call.ts'
import { gatewayFacts, gatewayTable, type ReceiptView, receiptFacts, type ShownGateway } from './gateway-text.ts'
import { createOrKeep, differenceIn, removeOrMissing } from './repeatable.ts'
import { isStaticMode, NOT_KNOWN } from './static-mode.ts'

const json = { json: JSON_OPTION }

const ADD: Command = {
  words: ['gateway', 'add'],
  operands: ['fqdn?'],
  meaning: 'create a gateway with its prefix and certificate, or many from a file',
  options: {
    user: { meaning: 'whose it is', value: 'name' },
    slot: { meaning: 'its slot, 0 to 15, instead of the lowest that is free and rested', value: 'n' },
    ...KEY_OPTIONS,
    from: {
      meaning: 'a CSV file: a line "name,user", optionally with slot and keyType, then one a gateway',
      value: 'file',
    },
    'if-missing': { meaning: 'do nothing when it is there already; with --from always so' },
    ...json,
  },
  examples: [
    'vpnunit gateway add router.johndoe.example.org --user johndoe',
    'vpnunit gateway add phone.johndoe.example.org --user johndoe --key-type ed25519 --if-missing',
    'openssl req -new -key my.key -subj /CN=my.example.org | vpnunit gateway add my.example.org --user me --csr -',
    'vpnunit gateway add --from gateways.csv',
  ],
  run: addGateway,
}

const LIST: Command = {
  words: ['gateway', 'list'],
  operands: [],
  meaning: 'list the gateways',
  options: {
    user: { meaning: 'only this user’s', value: 'name' },
    'expires-before': { meaning: 'only those whose certificate ends before this day or time (UTC)', value: 'time' },
    ...json,
  },
  examples: [
    'vpnunit gateway list --user johndoe',
    'vpnunit gateway list --expires-before 2027-01-01',
    'vpnunit gateway list --expires-before $(date -u -d "30 days" +%FT%TZ)',
    'vpnunit gateway list --json | jq -r .[].name',
  ],
  run: async (call) => {
    show(call, await call.api.json<GatewaySummaryView[]>('GET', `/gateways${queryOf(call)}`), gatewayTable)
  },
}

const SHOW: Command = {
  words: ['gateway', 'show'],
  operands: ['fqdn'],
  meaning: 'show a gateway with its networks',
  options: json,
  examples: ['vpnunit gateway show router.johndoe.example.org'],
  run: async (call) => showGateway(call, await call.api.json<ShownGateway>('GET', pathOf(call))),
}

const REMOVE: Command = {
  words: ['gateway', 'remove'],
  operands: ['fqdn'],
  meaning: 'remove a gateway and revoke its certificates',
  options: { 'if-present': { meaning: 'do nothing when there is none of this name' }, ...json },
  examples: [
    'vpnunit gateway remove router.johndoe.example.org',
    'vpnunit gateway remove router.johndoe.example.org --if-present',
  ],
  run: async (call) => {
    const receipt = await removeOrMissing<ReceiptView>(call, pathOf(call))
    if (receipt !== undefined) show(call, receipt, receiptFacts)
  },
}

/** vpnunit gateway …, as far as the gateway itself is concerned. */
export const GATEWAY_COMMANDS: readonly Command[] = [
  ADD,
  LIST,
  SHOW,
  REMOVE,
  setDisabled('disable', true, 'keep a gateway out; its profile stays good'),
  setDisabled('enable', false, 'let a gateway in again'),
]

async function addGateway(call: Call): Promise<void> {
  const { from, user } = call.values
  if (from !== undefined) return addFromFile(call, from)
  const [name] = call.operands
  if (name === undefined || user === undefined) throw wrong(ADD, 'takes <fqdn> --user <name>, or --from <file>')
  const slot = numberIn(call, 'slot')
  const gateway = await createOrKeep<ShownGateway>(call, {
    collection: '/gateways',
    path: pathOf(call),
    body: { name, user, slot, ...keyOf(call) },
    differences: (present) => [
      ...differenceIn<string>('user', present.user, user),
      ...differenceIn('slot', present.slot, slot),
    ],
  })
  await showGateway(call, gateway)
}

async function showGateway(call: Call, gateway: ShownGateway): Promise<void> {
  const isUnseen = gateway.session === null && gateway.lastSeenAt === null
  const unseen = isUnseen && (await isStaticMode(call)) ? NOT_KNOWN : 'no, and never was'
  show(call, gateway, (shown) => gatewayFacts(shown, unseen))
}

/** What reads CSV is loaded by whoever has some. */
async function addFromFile(call: Call, file: string): Promise<void> {
  const other = ['user', 'slot', 'key-type', 'csr'].find((option) => call.values[option] !== undefined)
  if (call.operands.length > 0) throw wrong(ADD, 'takes a name or --from, not both')
  if (other !== undefined) throw wrong(ADD, `takes --${other} or --from, not both: the file has a column for it`)
  const { importGateways } = await import('./import-gateways.ts')
  await importGateways(call, file)
}

function setDisabled(word: string, disabled: boolean, meaning: string): Command {
  return {
    words: ['gateway', word],
    operands: ['fqdn'],
    meaning,
    options: json,
    examples: [`vpnunit gateway ${word} router.johndoe.example.org`],
    run: async (call) => {
      await showGateway(call, await call.api.json<ShownGateway>('PATCH', pathOf(call), { disabled }))
    },
  }
}

function queryOf(call: Call): string {
  const { user } = call.values
  const end = timeIn(call, 'expires-before')
  const query = new URLSearchParams()
  if (user !== undefined) query.set('user', user)
  if (end !== undefined) query.set('expiresBefore', end)
  return query.size === 0 ? '' : `?${query}`
}

import type { EndedSessionsView } from '../http/session-views.ts'
import { type Command, JSON_OPTION, show } from './command.ts'
import { pathOf } from './gateway-call.ts'
import { type DayView, endedText, trafficTable } from './session-text.ts'

const json = { json: JSON_OPTION }

const DISCONNECT: Command = {
  words: ['gateway', 'disconnect'],
  operands: ['fqdn'],
  meaning: 'end a gateway’s sessions; it may connect again at once',
  options: json,
  examples: ['vpnunit gateway disconnect router.johndoe.example.org'],
  run: async (call) => {
    show(call, await call.api.json<EndedSessionsView>('POST', `${pathOf(call)}/disconnect`), endedText)
  },
}

const TRAFFIC: Command = {
  words: ['gateway', 'traffic'],
  operands: ['fqdn'],
  meaning: 'list what a gateway sent and received, by day',
  options: {
    from: { meaning: 'the first day; without it, 31 days', value: 'day' },
    to: { meaning: 'the last day; today when it is not given (UTC)', value: 'day' },
    ...json,
  },
  examples: [
    'vpnunit gateway traffic router.johndoe.example.org',
    'vpnunit gateway traffic router.johndoe.example.org --from 2027-01-01 --to 2027-01-31',
  ],
  run: async (call) => {
    const given = Object.entries(call.values).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const query = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
    show(call, await call.api.json<DayView[]>('GET', `${pathOf(call)}/traffic${query}`), trafficTable)
  },
}

/** vpnunit gateway …, as far as its sessions are concerned. */
export const GATEWAY_SESSION_COMMANDS: readonly Command[] = [DISCONNECT, TRAFFIC]

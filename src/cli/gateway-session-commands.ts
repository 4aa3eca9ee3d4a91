import type { EndedSessionsView } from '../http/session-views.ts'
import { type Command, JSON_OPTION, show } from './command.ts'
import { pathOf } from './gateway-call.ts'
import { NotAchieved } from './refusal.ts'
import { type DayView, endedText, trafficTable } from './session-text.ts'

const json = { json: JSON_OPTION }

const DISCONNECT: Command = {
  words: ['gateway', 'disconnect'],
  operands: ['fqdn'],
  meaning: 'end a gateway’s sessions; it may connect again at once',
  options: json,
  examples: ['vpnunit gateway disconnect router.johndoe.example.org'],
  exit: '0 none is left, 1 refused, or one may be left, 2 wrong usage, 3 the service can’t be reached',
  run: async (call) => {
    const ended = await call.api.json<EndedSessionsView>('POST', `${pathOf(call)}/disconnect`)
    show(call, ended, endedText)
    if (!isEnded(ended)) throw new NotAchieved('a session may be left')
  },
}

/** Whether it is known of every instance that nothing is left there. */
function isEnded({ instances, notReached }: EndedSessionsView): boolean {
  return instances.length > 0 && notReached.length === 0 && instances.every(({ left }) => left === 0)
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

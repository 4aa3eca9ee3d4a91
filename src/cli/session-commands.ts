import type { PastSessionView, SessionView } from '../http/session-views.ts'
import { type Call, type Command, JSON_OPTION, numberIn, show, wrong } from './command.ts'
import { eventLine } from './event-text.ts'
import { followEvents } from './follow-events.ts'
import { sessionRulesTable } from './policy-text.ts'
import { printable } from './printable.ts'
import { historyTable, sessionTable } from './session-text.ts'
import { isStaticMode, NOT_KNOWN } from './static-mode.ts'

const HISTORY_LIMIT = 50

const SESSIONS: Command = {
  words: ['sessions'],
  operands: [],
  meaning: 'list who is connected, or with --history who was',
  options: {
    history: { meaning: 'every session that is remembered, the newest first' },
    gateway: { meaning: 'only this gateway’s history', value: 'fqdn' },
    limit: { meaning: `how many of the history, ${HISTORY_LIMIT} when it is not given`, value: 'n' },
    after: { meaning: 'only what is older than this id of the history', value: 'id' },
    rules: { meaning: 'with the groups of each gateway and the rules that hold for it' },
    json: JSON_OPTION,
  },
  examples: [
    'vpnunit sessions',
    'vpnunit sessions --rules',
    'vpnunit sessions --json | jq -r .[].gateway',
    'vpnunit sessions --history --gateway router.johndoe.example.org',
    'vpnunit sessions --history --limit 1000 --after 4711',
  ],
  run: async (call) => {
    if (call.switches.has('history')) {
      if (call.switches.has('rules')) throw wrong(SESSIONS, 'takes --rules without --history only')
      return showHistory(call)
    }
    const stray = ['gateway', 'limit', 'after'].find((name) => call.values[name] !== undefined)
    if (stray !== undefined) throw wrong(SESSIONS, `takes --${stray} with --history only`)
    const [query, text] = call.switches.has('rules') ? ['?rules=true', sessionRulesTable] : ['', sessionTable]
    const sessions = await call.api.json<SessionView[]>('GET', `/sessions${query}`)
    show(call, sessions, text)
    if (sessions.length === 0 && (await isStaticMode(call))) call.complain(`who is connected is ${NOT_KNOWN}`)
  },
}

async function showHistory(call: Call): Promise<void> {
  const query = new URLSearchParams({ limit: String(numberIn(call, 'limit') ?? HISTORY_LIMIT) })
  const after = numberIn(call, 'after')
  if (after !== undefined) query.set('after', String(after))
  if (call.values.gateway !== undefined) query.set('gateway', call.values.gateway)
  const past = await call.api.json<PastSessionView[]>('GET', `/sessions/history?${query}`)
  show(call, past, historyTable)
  if (past.length === 0 && (await isStaticMode(call))) call.complain(`who was connected is ${NOT_KNOWN}`)
}

const WATCH: Command = {
  words: ['watch'],
  operands: [],
  meaning: 'tell what happens, as it happens, until Ctrl-C',
  options: {
    last: { meaning: 'begin with so many of the last events', value: 'n' },
    seconds: { meaning: 'end after so many seconds', value: 'n' },
    json: { meaning: 'print a JSON object a line, for scripts' },
  },
  examples: ['vpnunit watch', 'vpnunit watch --last 20', 'vpnunit watch --json | jq -c \'select(.type == "refused")\''],
  run: async (call) => {
    const seconds = numberIn(call, 'seconds')
    await followEvents(call, {
      last: numberIn(call, 'last') ?? 0,
      signal: seconds === undefined ? undefined : AbortSignal.timeout(Math.min(seconds, SECONDS_MAX) * 1000),
      tell: (event) =>
        call.print(call.switches.has('json') ? `${printable(JSON.stringify(event))}\n` : eventLine(event)),
    })
  },
}

/** A timer takes no more than 32 bits of milliseconds: 24 days. */
const SECONDS_MAX = 2_147_483

/** Who is connected, and what happens. */
export const SESSION_COMMANDS: readonly Command[] = [SESSIONS, WATCH]

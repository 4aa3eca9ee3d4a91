import type { HostView } from '../http/session-views.ts'
import { type Call, type Command, JSON_OPTION, show } from './command.ts'
import { hostFacts, hostTable } from './host-text.ts'
import { removeOrMissing } from './repeatable.ts'

const json = { json: JSON_OPTION }

/** vpnunit host … */
export const HOST_COMMANDS: readonly Command[] = [
  {
    words: ['host', 'list'],
    operands: [],
    meaning: 'list the VPN hosts whose agents have reported',
    options: json,
    examples: ['vpnunit host list', "vpnunit host list --json | jq -r '.[] | select(.isReachable | not) | .name'"],
    run: async (call) => show(call, await call.api.json<HostView[]>('GET', '/hosts'), hostTable),
  },
  {
    words: ['host', 'show'],
    operands: ['name'],
    meaning: 'show a VPN host with its instances and routes',
    options: json,
    examples: ['vpnunit host show vpn1.example.org'],
    run: async (call) => show(call, await call.api.json<HostView>('GET', pathOf(call)), hostFacts),
  },
  {
    words: ['host', 'remove'],
    operands: ['name'],
    meaning: 'forget a VPN host that is no more, and its sessions',
    options: { 'if-present': { meaning: 'do nothing when there is none of this name' }, ...json },
    examples: ['vpnunit host remove vpn1.example.org', 'vpnunit host remove vpn1.example.org --if-present'],
    // The answer is empty: there is nothing to show.
    run: async (call) => {
      await removeOrMissing(call, pathOf(call))
    },
  },
]

function pathOf({ operands }: Call): string {
  return `/hosts/${encodeURIComponent(operands[0] ?? '')}`
}

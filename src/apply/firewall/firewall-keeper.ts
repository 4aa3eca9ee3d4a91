import type { FirewallReport } from '../../domain/agent-feed.ts'
import { placeOf } from '../../domain/plan.ts'
import { gatewayAt } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import { renderRuleset } from '../../render/ruleset.ts'
import { type Connected, peersOf } from '../../render/ruleset-input.ts'
import { coalesced } from '../coalesced.ts'
import type { Routes } from '../duty-request.ts'
import type { Rights } from '../policy-request.ts'
import type { Conntrack } from './conntrack.ts'
import { FirewallTable, type TableWish } from './firewall-table.ts'
import { forbiddenAmong } from './forbidden.ts'
import type { Nft } from './nft.ts'

export type FirewallParts = {
  nft: Nft | undefined
  conntrack: Conntrack | undefined
  /** The devices of all instances of this host. */
  devices: readonly string[]
  /** Whether drops go to the kernel's log. */
  log: boolean
  tell: (news: FirewallReport & { done: string }) => void
}

/** Keeps the kernel's table equal to what the policy says of those who are connected. */
export type FirewallKeeper = {
  setRights(rights: Rights): Promise<FirewallReport | undefined>
  setConnected(routes: Routes): Promise<FirewallReport | undefined>
  /** Compares the kernel with what is wanted, and puts it right. Never fails: the report says what is wrong. */
  look(): Promise<void>
  /** Whether everybody would be let through, against a policy that is `closed`: there is no table at all. */
  isMissing(): boolean
  /** Undefined until a policy was told: then the table of a former run, or of nobody, is left alone. */
  report(): FirewallReport | undefined
}

/** A policy that was told, and the table that it means. */
type Wanted = Rights & TableWish

export function openFirewallKeeper({ nft, conntrack, devices, log, tell }: FirewallParts): FirewallKeeper {
  const table = nft && new FirewallTable(nft)
  let wanted: Wanted | undefined
  let routes: Routes | undefined
  let forbidden: ReadonlySet<string> = new Set()
  /** Whether there may be connections that nobody has asked the rules about. */
  let isCutDue = false
  let cutFault: string | null = null
  let hasTable = false
  let isBegun = false
  let state: FirewallReport = { state: 'failing', gateways: 0, drift: 0, cut: 0, fault: null }

  async function work(): Promise<void> {
    if (wanted === undefined) return
    try {
      if (table === undefined) throw new Error('there is no nft command: install nftables')
      if (await standsFromBefore(table)) settle({ ...state, state: 'in place' }, '')
      else await replace(table, wanted)
      hasTable = true
    } catch (error) {
      // The next look tries the whole of it again.
      table?.forget()
      // One that can't be asked for is not gone.
      hasTable = (await table?.isThere().catch(() => hasTable)) ?? false
      settle({ ...state, state: 'failing', fault: messageOf(error) }, '')
    }
  }

  /** Whether a former run's table is to stay until it is told who is connected: the next one would drop them till then. */
  async function standsFromBefore(place: FirewallTable): Promise<boolean> {
    return routes === undefined && !isBegun && (await place.isThere())
  }

  async function replace(place: FirewallTable, rights: Wanted): Promise<void> {
    const connected = connectedOf(rights, routes ?? new Map())
    // Until it came everything passed, and what did goes on.
    isCutDue ||= place.connected === undefined
    const isWhole = await place.update(rights, connected)
    isBegun = true
    const ended = await place.cut(forbidden)
    const fault = conntrack === undefined ? 'there is no conntrack command: what was open before stays open' : cutFault
    const found = { ...state, state: 'in place' as const, gateways: connected.size, cut: state.cut + ended, fault }
    settle(found, isWhole ? 'the table was replaced' : '')
  }

  function settle(found: FirewallReport, done: string): void {
    const isNews = done !== '' || found.state !== state.state || found.fault !== state.fault || found.cut !== state.cut
    state = found
    if (isNews) tell({ ...state, done })
  }

  const workAgain = coalesced(work)
  // Apart from the work, which a gateway that connects waits for: this reads all that the kernel follows.
  const cutAgain = coalesced(async () => {
    if (wanted === undefined || table?.connected === undefined || conntrack === undefined) return
    isCutDue = false
    try {
      forbidden = forbiddenAmong(await conntrack.list(), wanted)
      cutFault = null
    } catch (error) {
      isCutDue = true
      cutFault = messageOf(error)
    }
    await workAgain()
  })
  const lookAgain = coalesced(async () => {
    if (wanted === undefined || table === undefined) return workAgain()
    if (table.connected !== undefined && !(await table.isAsLeft(wanted).catch(() => false))) {
      table.forget()
      state = { ...state, drift: state.drift + 1 }
    }
    if (table.connected === undefined) await workAgain()
    // Those that have ended meanwhile need not be kept from going on.
    if (isCutDue || forbidden.size > 0) await cutAgain()
  })
  const report = () => (wanted === undefined ? undefined : state)

  return {
    setRights: async (rights) => {
      const peers = peersOf(rights.world)
      const input = (connected: readonly Connected[]) => ({ ...peers, devices, policy: rights.policy, connected, log })
      wanted = { ...rights, input, text: renderRuleset(input([])) }
      isCutDue = true
      await workAgain()
      await cutAgain()
      return report()
    },
    setConnected: async (told) => {
      const isFirst = routes === undefined
      routes = told
      await workAgain()
      if (isFirst) void cutAgain()
      return report()
    },
    look: lookAgain,
    isMissing: () => wanted?.policy.default === 'closed' && !hasTable,
    report,
  }
}

function connectedOf({ world }: Rights, routes: Routes): Map<string, Connected> {
  const connected = new Map<string, Connected>()
  for (const [text, device] of routes) {
    const prefix = parsePrefix(text)
    // One that nobody has told of is nobody's: it gets no element, and what it sends is dropped.
    const gateway = placeOf(world.plan, prefix) && gatewayAt(world, prefix.address)
    if (gateway !== undefined) connected.set(text, { prefix, device, groups: gateway.groups })
  }
  return connected
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

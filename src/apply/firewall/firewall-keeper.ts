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
import { cutForbidden } from './cut-forbidden.ts'
import { type ConnectedGateways, FirewallTable, type TableWish } from './firewall-table.ts'
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
  /** Undefined until a policy was told: then the table of a former run, or of nobody, is left alone. */
  report(): FirewallReport | undefined
}

/** A policy that was told, and the table that it means. */
type Wanted = Rights & TableWish

export function openFirewallKeeper({ nft, conntrack, devices, log, tell }: FirewallParts): FirewallKeeper {
  const table = nft && new FirewallTable(nft)
  let wanted: Wanted | undefined
  let routes: Routes = new Map()
  let state: FirewallReport = { state: 'failing', gateways: 0, drift: 0, cut: 0, fault: null }

  async function work(): Promise<void> {
    if (wanted === undefined) return
    try {
      if (table === undefined) throw new Error('there is no nft command: install nftables')
      const before = { connected: table.connected, text: table.text }
      const connected = connectedOf(wanted, routes)
      const isWhole = await table.update(wanted, connected)
      const isOther = before.text !== wanted.text || isRegrouped(before.connected, connected)
      const ended = await cut(wanted, leftOf(before.connected, connected), isOther)
      const fault = conntrack === undefined ? 'there is no conntrack command: what was open before stays open' : null
      const found = { ...state, state: 'in place' as const, gateways: connected.size, cut: state.cut + ended, fault }
      settle(found, isWhole ? 'the table was replaced' : '')
    } catch (error) {
      // The next look tries the whole of it again.
      table?.forget()
      settle({ ...state, state: 'failing', fault: error instanceof Error ? error.message : String(error) }, '')
    }
  }

  /** What the rules forbid now may have been opened before; who has left is not to be answered. */
  async function cut(rights: Rights, left: readonly string[], isOther: boolean): Promise<number> {
    if (conntrack === undefined) return 0
    for (const prefix of left) await conntrack.cutPrefix(prefix)
    return isOther ? cutForbidden(conntrack, rights) : 0
  }

  function settle(found: FirewallReport, done: string): void {
    const isNews = done !== '' || found.state !== state.state || found.fault !== state.fault || found.cut !== state.cut
    state = found
    if (isNews) tell({ ...state, done })
  }

  const workAgain = coalesced(work)
  const lookAgain = coalesced(async () => {
    if (wanted === undefined || table === undefined) return workAgain()
    if (table.connected !== undefined && !(await table.isAsLeft(wanted).catch(() => false))) {
      table.forget()
      state = { ...state, drift: state.drift + 1 }
    }
    if (table.connected === undefined) await workAgain()
  })
  const report = () => (wanted === undefined ? undefined : state)

  return {
    setRights: async (rights) => {
      const peers = peersOf(rights.world)
      const input = (connected: readonly Connected[]) => ({ ...peers, devices, policy: rights.policy, connected, log })
      wanted = { ...rights, input, text: renderRuleset(input([])) }
      await workAgain()
      return report()
    },
    setConnected: async (told) => {
      routes = told
      await workAgain()
      return report()
    },
    look: lookAgain,
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

function leftOf(before: ConnectedGateways | undefined, now: ConnectedGateways): string[] {
  return [...(before?.keys() ?? [])].filter((prefix) => !now.has(prefix))
}

function isRegrouped(before: ConnectedGateways | undefined, now: ConnectedGateways): boolean {
  return [...(before ?? [])].some(([prefix, { groups }]) => {
    const one = now.get(prefix)
    return one !== undefined && one.groups.join() !== groups.join()
  })
}

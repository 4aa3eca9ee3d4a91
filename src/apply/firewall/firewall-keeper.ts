import type { FirewallReport } from '../../domain/agent-feed.ts'
import { placeOf } from '../../domain/plan.ts'
import { gatewayAt } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'
import { renderRuleset } from '../../render/ruleset.ts'
import { ELEMENT_NAMES, ElementMaker, renderConnect, renderDisconnect } from '../../render/ruleset-elements.ts'
import { type Connected, peersOf, type RulesetInput } from '../../render/ruleset-input.ts'
import { coalesced } from '../coalesced.ts'
import type { Routes } from '../duty-request.ts'
import type { Rights } from '../policy-request.ts'
import type { Conntrack } from './conntrack.ts'
import { cutForbidden } from './cut-forbidden.ts'
import { isSameSet, type Listing, parseListing } from './listing.ts'
import type { Nft } from './nft.ts'

/** More changes than these cost more than a new table. */
const CHANGES_MAX = 400

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

/** What is in the kernel: the table without its elements, by its text and as it was listed, and who is in it. */
type Loaded = { text: string; structure: string; connected: ReadonlyMap<string, Connected>; combinations: Set<string> }

export function openFirewallKeeper({ nft, conntrack, devices, log, tell }: FirewallParts): FirewallKeeper {
  let rights: Rights | undefined
  /** The whole table without elements, made once for a policy. */
  let text = ''
  let routes: Routes = new Map()
  let loaded: Loaded | undefined
  let state: FirewallReport = { state: 'failing', gateways: 0, drift: 0, cut: 0, fault: null }

  function inputOf({ policy, world }: Rights, connected: readonly Connected[]): RulesetInput {
    return { ...peersOf(world), devices, policy, connected, log }
  }

  function wantedOf({ world }: Rights): Map<string, Connected> {
    const wanted = new Map<string, Connected>()
    for (const [prefix, device] of routes) {
      const parsed = parsePrefix(prefix)
      // One that nobody has told of is nobody's: it gets no element, and what it sends is dropped.
      const gateway = placeOf(world.plan, parsed) && gatewayAt(world, parsed.address)
      if (gateway !== undefined) wanted.set(prefix, { prefix: parsed, device, groups: gateway.groups })
    }
    return wanted
  }

  async function update(now: Rights, kernel: Nft): Promise<string> {
    const wanted = wantedOf(now)
    const isWhole = loaded === undefined || loaded.text !== text || needsWhole(loaded, wanted)
    const before = loaded
    if (isWhole) await loadWhole(now, kernel, wanted)
    else if (before !== undefined) await loadChanges(now, kernel, wanted, before)
    return isWhole ? 'the table was replaced' : ''
  }

  async function loadWhole(now: Rights, kernel: Nft, wanted: Map<string, Connected>): Promise<void> {
    const whole = renderRuleset(inputOf(now, [...wanted.values()]))
    await kernel.check(whole)
    await kernel.load(whole)
    const { structure } = await listed(kernel)
    loaded = { text, structure, connected: wanted, combinations: new Set(combinationsOf(wanted.values())) }
  }

  async function loadChanges(now: Rights, kernel: Nft, wanted: Map<string, Connected>, before: Loaded): Promise<void> {
    const input = inputOf(now, [])
    const gone = [...before.connected].filter(([prefix, one]) => !isSame(one, wanted.get(prefix))).map(([, one]) => one)
    const come = [...wanted].filter(([prefix, one]) => !isSame(one, before.connected.get(prefix))).map(([, one]) => one)
    const changes = [
      ...gone.map((one) => renderDisconnect(input, one)),
      ...come.map((one) => renderConnect(input, one)),
    ].join('')
    if (changes !== '') await kernel.load(changes)
    loaded = { ...before, connected: wanted }
  }

  async function listed(kernel: Nft): Promise<Listing> {
    return parseListing((await kernel.list()) ?? '')
  }

  /** Whether the kernel has what was put there. */
  async function isAsLeft(now: Rights, kernel: Nft): Promise<boolean> {
    if (loaded === undefined) return true
    const { structure, elements } = await listed(kernel)
    if (structure !== loaded.structure) return false
    const maker = new ElementMaker(inputOf(now, []))
    const wanted = [...loaded.connected.values()].map((one) => maker.elementsOf(one))
    return ELEMENT_NAMES.every((name) =>
      isSameSet(elements.get(name), new Set(wanted.flatMap((one) => one[name] ?? []))),
    )
  }

  /** What the rules forbid now may have been opened before; who has left is not to be answered. */
  async function cut(now: Rights, before: Loaded | undefined): Promise<number> {
    if (conntrack === undefined) return 0
    const left = [...(before?.connected ?? [])].filter(([prefix]) => loaded?.connected.has(prefix) !== true)
    for (const [prefix] of left) await conntrack.cutPrefix(prefix)
    const isOther = before === undefined || before.text !== text || isRegrouped(before.connected, loaded?.connected)
    return isOther ? cutForbidden(conntrack, now) : 0
  }

  async function work(): Promise<void> {
    if (rights === undefined) return
    const [now, before] = [rights, loaded]
    try {
      if (nft === undefined) throw new Error('there is no nft command: install nftables')
      const done = await update(now, nft)
      const ended = await cut(now, before)
      const fault = conntrack === undefined ? 'there is no conntrack command: what was open before stays open' : null
      settle(
        { ...state, state: 'in place', gateways: loaded?.connected.size ?? 0, cut: state.cut + ended, fault },
        done,
      )
    } catch (error) {
      // The next look tries the whole of it again.
      loaded = undefined
      settle({ ...state, state: 'failing', fault: error instanceof Error ? error.message : String(error) }, '')
    }
  }

  function settle(found: FirewallReport, done: string): void {
    const isNews = done !== '' || found.state !== state.state || found.fault !== state.fault || found.cut !== state.cut
    state = found
    if (isNews) tell({ ...state, done })
  }

  async function compare(): Promise<void> {
    if (rights === undefined || nft === undefined || loaded === undefined) return
    const isWell = await isAsLeft(rights, nft).catch(() => false)
    if (isWell) return
    loaded = undefined
    state = { ...state, drift: state.drift + 1 }
  }

  const workAgain = coalesced(work)
  const lookAgain = coalesced(async () => {
    await compare()
    if (loaded === undefined) await workAgain()
  })
  const report = () => (rights === undefined ? undefined : state)

  return {
    setRights: async (told) => {
      rights = told
      text = renderRuleset(inputOf(told, []))
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

function isSame(one: Connected, other: Connected | undefined): boolean {
  return other !== undefined && one.device === other.device && one.groups.join() === other.groups.join()
}

/** Gateways in several groups share a chain with those in the same ones, which a new table brings. */
function combinationsOf(connected: Iterable<Connected>): string[] {
  return Array.from(connected, ({ groups }) => groups.join()).filter((groups) => groups.includes(','))
}

function needsWhole({ connected, combinations }: Loaded, wanted: ReadonlyMap<string, Connected>): boolean {
  const changes = [...wanted].filter(([prefix, one]) => !isSame(one, connected.get(prefix))).length
  const gone = [...connected.keys()].filter((prefix) => !wanted.has(prefix)).length
  return changes + gone > CHANGES_MAX || combinationsOf(wanted.values()).some((one) => !combinations.has(one))
}

function isRegrouped(before: ReadonlyMap<string, Connected>, after: Loaded['connected'] | undefined): boolean {
  return [...before].some(([prefix, { groups }]) => {
    const now = after?.get(prefix)
    return now !== undefined && now.groups.join() !== groups.join()
  })
}

import type { RouteReport } from '../domain/agent-feed.ts'
import { coalesced } from './coalesced.ts'
import type { Routes } from './duty-request.ts'
import type { Kernel } from './kernel.ts'
import { gatewayRoute, type Route, siteRoute, stepsOf, textOf } from './route-steps.ts'

export type KeeperParts = {
  kernel: Kernel
  /** The site prefix, which is unreachable wherever no gateway is. */
  site: string
  /** Why no gateway may have its route for now; undefined when they may. */
  heldBack: () => string | undefined
  /** Called after a look that changed or found something worth a line of the log. */
  tell: (news: News) => void
}

export type News = RouteReport & Work

/** What a look did: routes that came or went, and those of them that had been lost. */
type Work = { changed: number; repaired: number }

/** Keeps the kernel's routes equal to what was asked for last. */
export type RouteKeeper = {
  /** Answers when this set, or a newer one, is in place as far as it can be. */
  replace(routes: Routes): Promise<RouteReport>
  report(): RouteReport
  /** Compares the kernel with what is wanted, and puts back what was lost. Never fails: the report says what is wrong. */
  look(): Promise<void>
}

/**
 * Until the first set is told, only the site's own route is wanted, and what a former run left is kept: sessions live on
 * through a restart of this program.
 */
export function openRouteKeeper({ kernel, site, heldBack, tell }: KeeperParts): RouteKeeper {
  let wanted: readonly Route[] = [siteRoute(site)]
  let isTold = false
  /** Those of the wanted that were in place once: a loss of one is a repair, its first absence is none. */
  let known: ReadonlySet<string> = new Set()
  let state: RouteReport = { wanted: 0, missing: 0, repairs: 0, fault: null }

  async function compare(): Promise<void> {
    const [all, hold] = [wanted, heldBack()]
    const aim = hold === undefined ? all : all.filter(({ via }) => via === 'unreachable')
    const [present, devices] = await Promise.all([kernel.readRoutes(), kernel.readDevices()])
    const isPossible = ({ via }: Route) => via === 'unreachable' || devices.has(via.slice('dev '.length))
    const steps = stepsOf({ wanted: aim, present, isPossible, isWhole: isTold })
    const said = steps.length === 0 ? '' : await kernel.change(steps)
    // What came of it is asked of the kernel.
    const now = steps.length === 0 ? present : await kernel.readRoutes()
    const [before, after] = [present, now].map((routes) => new Set(routes.map(textOf))) as [Set<string>, Set<string>]
    const texts = aim.map(textOf)
    const repaired = texts.filter((text) => known.has(text) && !before.has(text) && after.has(text)).length
    known = new Set(texts.filter((text) => known.has(text) || after.has(text)))
    const missing = all.filter((route) => !after.has(textOf(route)))
    settle(
      {
        wanted: all.length - 1,
        missing: missing.filter(({ via }) => via !== 'unreachable').length,
        repairs: state.repairs + repaired,
        fault: hold ?? faultOf(missing.filter(isPossible), said),
      },
      { changed: countOnlyIn(before, after) + countOnlyIn(after, before), repaired },
    )
  }

  function settle(found: RouteReport, work: Work): void {
    const isNews = work.changed > 0 || found.fault !== state.fault || found.missing !== state.missing
    state = found
    if (isNews) tell({ ...state, ...work })
  }

  const lookAgain = coalesced(async () => {
    try {
      await compare()
    } catch (error) {
      settle(
        { ...state, wanted: wanted.length - 1, fault: error instanceof Error ? error.message : String(error) },
        { changed: 0, repaired: 0 },
      )
    }
  })

  return {
    replace: async (routes) => {
      wanted = [siteRoute(site), ...Array.from(routes, ([prefix, device]) => gatewayRoute(prefix, device))]
      isTold = true
      await lookAgain()
      return state
    },
    report: () => state,
    look: lookAgain,
  }
}

/** Why routes are not there although their devices are. */
function faultOf(refused: readonly Route[], said: string): string | null {
  const [first] = refused
  if (first === undefined) return null
  const others = refused.length === 1 ? '' : ` and ${refused.length - 1} more`
  const reason = said.split('\n').find((line) => line !== '' && !line.startsWith('Command failed'))
  return `the kernel does not take ${textOf(first)}${others}: ${reason ?? 'another program removes it'}`
}

function countOnlyIn(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...some].filter((text) => !others.has(text)).length
}

/**
 * What apply's routes are marked with. script/apply-routes of static mode has 118; no line of /etc/iproute2/rt_protos
 * has either, so `ip -6 route show proto 119` is what stands in the kernel by this program, and nothing else is.
 */
export const PROTOCOL = 119

/**
 * The lower wins. Below 1024, which `ip` gives to what has none, because routes that the first VPNUnit's loop left all
 * lead to one instance; below the 2048 of script/apply-routes for the same reason; above the kernel's own (256).
 */
export const GATEWAY_METRIC = 512

/** Beside the 4096 of static mode's: the kernel takes one route of a prefix and metric, and `replace` takes anybody's. */
export const SITE_METRIC = 4095

/** A route as it is wanted or found. `via` is `dev NAME`, `unreachable`, or `otherwise` for what is never made here. */
export type Route = { prefix: string; metric: number; via: string }

/** What the kernel can hold one of. */
type Place = string
const placeOf = ({ prefix, metric }: Route): Place => `${prefix} metric ${metric}`

export const textOf = (route: Route): string => `${route.via} ${placeOf(route)}`

export function gatewayRoute(prefix: string, device: string): Route {
  return { prefix, metric: GATEWAY_METRIC, via: `dev ${device}` }
}

export function siteRoute(prefix: string): Route {
  return { prefix, metric: SITE_METRIC, via: 'unreachable' }
}

type KernelRoute = { dst: string; metric?: number; type?: string; dev?: string; flags?: string[] }

/** What a route to a device has, and no other: a gateway, several ways or a source make it another one. */
const PLAIN = new Set(['dst', 'dev', 'metric', 'flags', 'pref', 'type', 'protocol'])

/**
 * The answer of `ip -6 -j route show`.
 * @throws Error when it is none
 */
export function parseKernelRoutes(json: string): Route[] {
  const list: KernelRoute[] = json.trim() === '' ? [] : JSON.parse(json)
  return list.map((one) => ({ prefix: one.dst, metric: one.metric ?? 0, via: viaOf(one) }))
}

function viaOf(route: KernelRoute): string {
  if (Object.keys(route).some((member) => !PLAIN.has(member))) return 'otherwise'
  if (route.type === undefined) return `dev ${route.dev}`
  return route.type === 'unreachable' ? 'unreachable' : 'otherwise'
}

export type Situation = {
  wanted: readonly Route[]
  present: readonly Route[]
  /** Whether the kernel would take a route now: its device is there and up. */
  isPossible: (route: Route) => boolean
  /** Whether what is not wanted goes. */
  isWhole: boolean
}

/**
 * The lines for `ip -6 -batch` that lead from what is present to what is wanted. None of them can touch a route of
 * another protocol: `add` fails where there is one, and `del` names ours. `replace` would take over whatever stands at the
 * same prefix and metric (seen on Linux 6.18), so it is not used.
 */
export function stepsOf({ wanted, present, isPossible, isWhole }: Situation): string[] {
  const found = new Map<Place, Route[]>()
  for (const route of present) found.set(placeOf(route), [...(found.get(placeOf(route)) ?? []), route])
  const steps: string[] = []
  for (const route of wanted) {
    const here = found.get(placeOf(route)) ?? []
    found.delete(placeOf(route))
    steps.push(...stepsAt(route, here, isPossible(route)))
  }
  if (isWhole) for (const strays of found.values()) steps.push(...strays.map(remove))
  return steps
}

function stepsAt(route: Route, here: readonly Route[], isPossible: boolean): string[] {
  const [first, ...more] = here
  if (first !== undefined && more.length === 0 && textOf(first) === textOf(route)) return []
  // A gateway that changed the instance: the new way first, so that no packet finds none.
  if (isPossible && first !== undefined && more.length === 0 && isDevice(first) && isDevice(route)) {
    return [`route append ${words(route)}`, `route del ${words(first)}`]
  }
  return [...here.map(remove), ...(isPossible ? [`route add ${words(route)}`] : [])]
}

const isDevice = ({ via }: Route) => /^dev [A-Za-z0-9._-]+$/.test(via)

function words({ prefix, metric, via }: Route): string {
  const [before, after] = via === 'unreachable' ? ['unreachable ', ''] : ['', ` ${via}`]
  return `${before}${prefix}${after} proto ${PROTOCOL} metric ${metric}`
}

/** Whatever its way is: a line for each that was found there takes all of them. */
function remove({ prefix, metric }: Route): string {
  return `route del ${prefix} proto ${PROTOCOL} metric ${metric}`
}

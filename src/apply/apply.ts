import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Config } from '../config.ts'
import type { FirewallReport } from '../domain/agent-feed.ts'
import { instanceDevice } from '../domain/instance.ts'
import { SECOND_MS } from '../domain/lifetime.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { APPLY_SOCKET, type DutyAnswer } from '../domain/route-duty.ts'
import { ensureRunFolder } from '../run-folder.ts'
import { VERSION } from '../version.ts'
import { type Duty, parseDutyRequest, type Routes } from './duty-request.ts'
import { openDutySocket } from './duty-socket.ts'
import { openConntrack } from './firewall/conntrack.ts'
import { type FirewallKeeper, openFirewallKeeper } from './firewall/firewall-keeper.ts'
import { openNft } from './firewall/nft.ts'
import { findIp, openKernel } from './kernel.ts'
import { mayChangeRoutes } from './rights.ts'
import { type News, openRouteKeeper, type RouteKeeper } from './route-keeper.ts'
import { StartRefused } from './start-refused.ts'

/** How soon a table that somebody changed is found. Listing a large one costs a tenth of a second. */
const FIREWALL_LOOK_MS = 10 * SECOND_MS

/** Said of the routes where there is nothing that would keep gateways from one another. */
const UNGUARDED = 'the policy is closed and there is no firewall: no gateway has its route'

/** How soon a route that was lost is put back, at the latest. */
const LOOK_MS = 2 * SECOND_MS

/**
 * The one program with rights: does the duties of domain/route-duty.ts until SIGTERM or SIGINT. It needs no file but the
 * socket, and no setting but the environment.
 * @throws StartRefused
 */
export async function apply(config: Config): Promise<void> {
  const stopped = untilStopped()
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const kernel = openKernel(permittedIp())
  const site = formatPrefix(config.plan.site)
  const firewall = openFirewallKeeper({
    nft: openNft(),
    conntrack: openConntrack(),
    devices: config.instances.map((instance) => instanceDevice(config.device, instance)),
    log: config.isFirewallLogged,
    tell: (news) => tellFirewall(log, news),
  })
  const keeper = openRouteKeeper({
    kernel,
    site,
    heldBack: () => (firewall.isMissing() ? UNGUARDED : undefined),
    tell: (news) => tell(log, news),
  })
  ensureRunFolder(config.run)
  const path = join(config.run, APPLY_SOCKET)
  // Before the first look: whoever finds another at work there touches nothing.
  const socket = await openDutySocket(path, (line) => answerTo(line, { config, keeper, firewall, log }))
  await keeper.look()
  const timers = [
    setInterval(() => void keeper.look(), LOOK_MS),
    setInterval(() => void firewall.look(), FIREWALL_LOOK_MS),
  ]
  log.info({ version: VERSION, socket: path, prefix: site }, 'applying')

  const signal = await stopped
  log.info({ signal }, 'stopping')
  timers.forEach(clearInterval)
  await socket.close()
  // What is under way comes to its end, and the routes stay: the VPN goes on.
  await keeper.look()
  log.info('stopped')
}

/** The `ip` to change routes by. @throws StartRefused when there is none, or not the right to */
function permittedIp(): string {
  if (!mayChangeRoutes(readFileSync('/proc/self/status', 'utf8'))) {
    throw new StartRefused('apply needs the right to change routes: run it as root, or with CAP_NET_ADMIN')
  }
  const ip = findIp()
  if (ip === undefined) throw new StartRefused('there is no ip command: install iproute2')
  return ip
}

type Parts = { config: Config; keeper: RouteKeeper; firewall: FirewallKeeper; log: pino.Logger }

async function answerTo(line: string, parts: Parts): Promise<DutyAnswer> {
  const { config, keeper, firewall, log } = parts
  try {
    const request = parseDutyRequest(line, config)
    if ('fault' in request) return request
    const { id, wanted } = request
    await perform(wanted, parts)
    const told = firewall.report()
    return { id, report: keeper.report(), ...(told === undefined ? {} : { firewall: told }) }
  } catch (error) {
    // A bug: the routes stay as they are, and whoever asked hears of it.
    log.error({ err: error }, 'a request could not be worked on')
    return { id: 0, fault: 'apply failed; its log says why' }
  }
}

async function perform(wanted: Duty, { keeper, firewall }: Parts): Promise<void> {
  if (wanted.duty === 'policy') await firewall.setRights(wanted)
  if (wanted.duty === 'routes') await replaceRoutes(wanted.routes, keeper, firewall)
}

/** Routes and elements at once: a gateway that has one of them only is dropped, and not let through. */
async function replaceRoutes(routes: Routes, keeper: RouteKeeper, firewall: FirewallKeeper): Promise<void> {
  const elements = firewall.setConnected(routes)
  // There is nothing yet to drop it, and the routes are held back until there is.
  if (firewall.isMissing()) await elements
  await Promise.all([keeper.replace(routes), elements])
}

function tellFirewall(log: pino.Logger, news: FirewallReport & { done: string }): void {
  if (news.state === 'failing') log.error(news, 'the firewall is not in place')
  else log.info(news, 'firewall')
}

function tell(log: pino.Logger, news: News): void {
  if (news.fault !== null) log.error(news, 'not every route is in place')
  else if (news.repaired > 0) log.warn(news, 'routes were lost and are back')
  else log.info(news, 'routes')
}

function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

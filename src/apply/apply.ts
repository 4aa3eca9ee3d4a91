import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Config } from '../config.ts'
import { SECOND_MS } from '../domain/lifetime.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { APPLY_SOCKET, type DutyAnswer } from '../domain/route-duty.ts'
import { ensureRunFolder } from '../run-folder.ts'
import { parseDutyRequest } from './duty-request.ts'
import { openDutySocket } from './duty-socket.ts'
import { findIp, openKernel } from './kernel.ts'
import { mayChangeRoutes } from './rights.ts'
import { type News, openRouteKeeper, type RouteKeeper } from './route-keeper.ts'
import { StartRefused } from './start-refused.ts'

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
  if (!mayChangeRoutes(readFileSync('/proc/self/status', 'utf8'))) {
    throw new StartRefused('apply needs the right to change routes: run it as root, or with CAP_NET_ADMIN')
  }
  const ip = findIp()
  if (ip === undefined) throw new StartRefused('there is no ip command: install iproute2')
  ensureRunFolder(config.run)
  const path = join(config.run, APPLY_SOCKET)
  const site = formatPrefix(config.plan.site)

  // Whoever comes between the two is answered when there is a keeper: the socket first, so that there is never a second.
  const ready = Promise.withResolvers<RouteKeeper>()
  const socket = await openDutySocket(path, async (line) => answerTo(line, config, await ready.promise))
  const keeper = openRouteKeeper({ kernel: openKernel(ip), site, tell: (news) => tell(log, news) })
  ready.resolve(keeper)
  await keeper.look()
  const timer = setInterval(() => void keeper.look(), LOOK_MS)
  log.info({ socket: path, prefix: site }, 'applying')

  const signal = await stopped
  log.info({ signal }, 'stopping')
  clearInterval(timer)
  await socket.close()
  // What is under way comes to its end, and the routes stay: the VPN goes on.
  await keeper.look()
  log.info('stopped')
}

async function answerTo(line: string, config: Config, keeper: RouteKeeper): Promise<DutyAnswer> {
  const request = parseDutyRequest(line, config)
  if ('fault' in request) return request
  const { id, wanted } = request
  return { id, report: wanted.duty === 'report' ? keeper.report() : await keeper.replace(wanted.routes) }
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

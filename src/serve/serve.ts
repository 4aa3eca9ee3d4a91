import { pino } from 'pino'
import { buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { layoutOf } from '../publish/layout.ts'
import type { Unit } from '../unit.ts'
import { VERSION } from '../version.ts'
import { agentSocketOf, openAgentSocket } from './agent-socket.ts'
import { checkSocketPath } from './data-folder.ts'
import { keepHouse } from './housekeeping.ts'
import { listenOnSocket, listenOnTcp, type OpenListener } from './listeners.ts'
import { openUnit } from './open-unit.ts'
import { watchWarnings } from './watch-warnings.ts'

/**
 * Serves until SIGTERM or SIGINT, then finishes what is under way. Whatever file is made is for this user alone, unless
 * the code that makes it says otherwise.
 */
export async function serve(config: Config): Promise<void> {
  process.umask(0o077)
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  checkSocketPath(layoutOf(config.data))
  // From the first moment on: as the first process of a container it would otherwise not be heard.
  const stopped = untilStopped()
  const { unit, close } = await openUnit(config, log, () => new Date())
  const listeners: OpenListener[] = []
  const api = await buildApp(unit)
  try {
    listeners.push(await listenOnSocket(api, unit.layout.socket))
    listeners.push(...(await openAgentSocket(api, unit)))
    if (config.port !== 0) listeners.push(await listenOnTcp(api, config))
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()))
    await close()
    throw error
  }
  const stopHousekeeping = keepHouse(unit)
  const stopWatching = watchWarnings(unit)
  log.info({ version: VERSION, prefix: formatPrefix(config.plan.site), ...whereTo(unit) }, 'serving')

  const signal = await stopped
  log.info({ signal }, 'stopping')
  // Who waits for news is answered now, or the listeners would wait for them.
  stopWatching()
  unit.feed.close()
  await Promise.all(listeners.map((listener) => listener.close()))
  await stopHousekeeping()
  await api.close()
  await close()
  log.info('stopped')
}

function whereTo({ config, layout, agentSocket }: Unit): Record<string, string> {
  const { host, port, tls } = config
  const name = host.includes(':') ? `[${host}]` : host
  return {
    socket: layout.socket,
    ...(agentSocket.fault === undefined ? { agentSocket: agentSocketOf(config) } : {}),
    ...(port === 0 ? {} : { url: `${tls === undefined ? 'http' : 'https'}://${name}:${port}` }),
    token: config.adminToken === undefined ? layout.adminToken : 'VPNUNIT_ADMIN_TOKEN',
  }
}

function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

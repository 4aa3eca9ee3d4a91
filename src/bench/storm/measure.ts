import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startClient, waitUntilUp } from '../../e2e/lab/openvpn.ts'
import type { Running } from '../../e2e/lab/process.ts'
import type { Owner } from '../../e2e/lab/undo.ts'
import { childrenCpuMs, cpuMs } from '../cpu.ts'
import { Crowd, type Return } from './crowd.ts'
import { Pinger } from './pinger.ts'
import { folderIn, type StormHost } from './storm-host.ts'
import { undone } from './undoing.ts'
import { faultOfScripts, startServer, type Variant } from './variants.ts'

/** The server's address in the tunnel. */
const INSIDE = '2001:db8::1'

/** Before it, so that nothing of the start is left; and after it, for what the agent writes and tells then. */
const SETTLE_MS = 1500

/** Longer than any; who is not back by then is counted as missing. */
const STORM_MS = 40_000

/** Echoes count from the first client that begins for so long, or until all are back. */
const PING_MS = 2000

/** What one storm was like. CPU is for one client. */
export type Storm = {
  half: number
  most: number
  missing: number
  serverMs: number
  scriptMs: number
  agentMs: number
  rtts: number[]
  lost: number
  /** Packets that found the server's socket full. */
  dropped: number
}

/** A server is started, everybody connects, and then begins again at once. */
export function measureStorm(host: StormHost, variant: Variant, agent: Running): Promise<Storm> {
  return undone(async (owner) => {
    if (variant === 'agent') await host.startApply(owner)
    const server = await startServer(owner, host, variant)
    const pinger = await startPinger(owner, host)
    const crowd = await Crowd.start(owner, host.crowdsPlace, folderIn(host, 'crowd'), host.profiles)
    await sleep(SETTLE_MS)
    const used = () => [cpuMs(server.pid), childrenCpuMs(server.pid), cpuMs(agent.pid)]
    const before = used()
    const droppedBefore = await droppedIn(host)
    crowd.restart()
    const returns = await crowd.returns(STORM_MS)
    await sleep(SETTLE_MS)
    const [serverMs = 0, scriptMs = 0, agentMs = 0] = used().map(
      (value, index) => (value - (before[index] ?? 0)) / returns.length,
    )
    const dropped = (await droppedIn(host)) - droppedBefore
    const fault = await faultOfScripts(host, variant)
    if (fault !== undefined) throw new Error(fault)
    return { ...timesOf(returns, host, pinger), serverMs, scriptMs, agentMs, dropped }
  })
}

/** Packets of UDP that were thrown away in the server's namespace because a socket had no room. */
async function droppedIn({ topology }: StormHost): Promise<number> {
  const text = await topology.server.run('cat', ['/proc/net/snmp'])
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '))
  return Number(values[names.indexOf('RcvbufErrors')])
}

async function startPinger(owner: Owner, host: StormHost): Promise<Pinger> {
  const file = join(folderIn(host, 'pinger'), 'client.ovpn')
  writeFileSync(file, host.pingersProfile, { mode: 0o600 })
  const client = startClient(owner, host.pingersPlace, file)
  await waitUntilUp(client)
  // As script/apply-routes or apply would do it for each gateway; here it is the same for all variants.
  await host.topology.server.ip('route replace 2001:db8::/48 dev tun0')
  return Pinger.start(owner, host.pingersPlace, INSIDE)
}

function timesOf(returns: readonly Return[], host: StormHost, pinger: Pinger) {
  const begin = Math.min(...returns.map(({ beginMs }) => beginMs))
  const end = Math.max(...returns.map(({ upMs }) => upMs))
  const times = returns.map(({ upMs }) => upMs - begin)
  const { echoes, lost } = pinger.between(begin, Math.max(end, begin + PING_MS))
  return {
    half: percentile(times, 50),
    most: percentile(times, 95),
    missing: host.profiles.length - returns.length,
    rtts: echoes.map(({ rttMs }) => rttMs),
    lost,
  }
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN
}

import { readFileSync } from 'node:fs'
import { availableParallelism, release } from 'node:os'
import { parseTracked } from '../apply/firewall/conntrack.ts'
import { forbiddenAmong } from '../apply/firewall/forbidden.ts'
import type { Owner } from '../e2e/lab/undo.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { renderConnect, renderDisconnect } from '../render/ruleset-elements.ts'
import type { RulesetInput } from '../render/ruleset-input.ts'
import { connectByChains, disconnectByChains, renderChains } from './firewall-chains.ts'
import { benchInput, benchWorld } from './firewall-population.ts'
import { TrafficHost } from './firewall-traffic.ts'
import { formatTable, type Row, timesTheCost, under } from './table.ts'

const IS_QUICK = process.argv[2] === '--quick'
const RUNS = IS_QUICK ? 3 : 9
const TIMES = IS_QUICK ? 100 : 2000
const [MANY, FEW] = [4064, 10]
const THIRD = 0.33
/** An answered flow may take so much more than where nobody looks whether it is still its gateway's, and still allowed. */
const LOOKED_AT = 1.25
/** A packet rate of 0.9. A first packet meets rules that are in no cache of the processor: twice is its bound. */
const RATE = 1.11

const OURS = 'inet vpnunit'
const CHAINS = 'inet by_user'

/** There is no test here that could end: what was made goes with the process. */
const owner: Owner = { teardown: () => undefined }

const note = (text: string) => process.stdout.write(`${text}\n\n`)

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

const rowOf = (values: number[][], index: number) => values.map((run) => run[index] ?? Number.NaN)

const nft = ({ host }: TrafficHost, input: string) => host.run('nft', ['-f', '-'], { input })

const remove = (host: TrafficHost, table: string) => nft(host, `table ${table}\ndelete table ${table}\n`)

/** What rendering and loading take of the processors: other work on the machine makes that no longer. */
async function processorMs(host: TrafficHost, input: RulesetInput): Promise<number> {
  const before = process.cpuUsage()
  const text = renderRuleset(input)
  const { user } = process.cpuUsage(before)
  const said = await host.host.run('sh', ['-c', 'nft -f -; times'], { input: text })
  // POSIX, times: a line of the shell's own, then one of its children, user and system time in each.
  const children = said.trimEnd().split('\n').at(-1) ?? ''
  const seconds = Array.from(
    children.matchAll(/(\d+)m([\d.]+)s/g),
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  )
  return user / 1000 + 1000 * seconds.reduce((sum, part) => sum + part, 0)
}

/** Loading, disconnecting and connecting, in turns with the way of chains. */
async function changeOnce(host: TrafficHost, input: ReturnType<typeof benchInput>, run: number): Promise<number[]> {
  const gateway = input.connected[run * 400]
  if (gateway === undefined) throw new Error('there are fewer gateways')
  const rest = { ...input, connected: input.connected.filter((one) => one !== gateway) }
  const ours = [
    await timed(() => nft(host, renderRuleset(input))),
    await timed(() => nft(host, renderDisconnect(input, gateway))),
    await timed(() => nft(host, renderConnect(rest, gateway))),
  ]
  const processor = await processorMs(host, input)
  await remove(host, OURS)
  const chains = [
    await timed(() => nft(host, renderChains(input))),
    await timed(() => disconnectByChains(host.host, gateway)),
    await timed(() => connectByChains(host.host, gateway)),
  ]
  await remove(host, CHAINS)
  return [...ours, ...chains, processor]
}

async function changes(host: TrafficHost): Promise<Row[]> {
  const input = benchInput(MANY)
  const runs: number[][] = []
  for (let run = 0; run < RUNS; run++) runs.push(await changeOnce(host, input, run))
  const pairsOf = (at: number) => ({ name: 'a chain a user', ours: rowOf(runs, at), values: rowOf(runs, at + 3) })
  return [
    under('the whole table, rendered and loaded', 'ms', rowOf(runs, 0), 300),
    under('the same, in time of processors', 'ms', rowOf(runs, 6), 300),
    timesTheCost('the same beside chains', 'ms', pairsOf(0), 1),
    under('a gateway disconnects', 'ms', rowOf(runs, 1), 40),
    timesTheCost('the same beside chains', 'ms', pairsOf(1), THIRD),
    under('a gateway connects', 'ms', rowOf(runs, 2), 40),
    timesTheCost('the same beside chains', 'ms', pairsOf(2), THIRD),
  ]
}

/** Microseconds a packet, of flows that have been answered and of new ones. */
async function pass(
  host: TrafficHost,
  render: (input: RulesetInput) => string,
  table: string,
  size: number,
): Promise<number[]> {
  const input = benchInput(size)
  await nft(host, render(input))
  const rates = [await host.established(input.connected, TIMES), await host.opening(input.connected)]
  await remove(host, table)
  return rates.map((rate) => 1000 / rate)
}

async function traffic(host: TrafficHost): Promise<Row[]> {
  const runs: number[][] = []
  for (let run = 0; run < RUNS; run++) {
    const figures: number[] = []
    for (const size of [FEW, MANY]) figures.push(...(await pass(host, renderRuleset, OURS, size)))
    for (const size of [FEW, MANY]) figures.push(...(await pass(host, renderChains, CHAINS, size)))
    runs.push(figures)
  }
  const few = (at: number) => ({ name: `${FEW} gateways`, ours: rowOf(runs, at + 2), values: rowOf(runs, at) })
  const chains = (at: number) => ({ name: 'a chain a user', ours: rowOf(runs, at), values: rowOf(runs, at + 4) })
  return [
    timesTheCost(`a packet of an answered flow, ${MANY} gateways`, 'µs', few(0), RATE),
    timesTheCost('the first packet of a flow', 'µs', few(1), 2),
    timesTheCost('an answered flow beside chains, 10 gateways', 'µs', chains(0), LOOKED_AT),
    timesTheCost('the first packet beside chains, 10 gateways', 'µs', chains(1), 2),
    timesTheCost(`an answered flow beside chains, ${MANY} gateways`, 'µs', chains(2), LOOKED_AT),
    timesTheCost(`the first packet beside chains, ${MANY} gateways`, 'µs', chains(3), 0.1),
  ]
}

/** How many connections are deleted one by one, from which the time of all is reckoned. */
const DELETED = 100

/** Connections that are open when their rules go: found and dropped together, beside a `conntrack -D` for each. */
async function cutting(host: TrafficHost): Promise<Row[]> {
  const input = benchInput(MANY)
  const world = benchWorld()
  const groups = input.policy.groups.map((group) => {
    return { ...group, members: [], rules: group.rules.filter(({ protocol }) => protocol !== 'udp') }
  })
  const rights = { policy: { default: 'closed' as const, groups }, world }
  const runs: number[][] = []
  for (let run = 0; run < RUNS; run++) {
    await nft(host, renderRuleset(input))
    const flows = await host.follow(input.connected)
    const list = async () => {
      const text = await host.host.run('conntrack', ['-L', '-f', 'ipv6', '-o', 'id'])
      return text.split('\n').flatMap((line) => parseTracked(line) ?? [])
    }
    const ours = await timed(async () => {
      const forbidden = forbiddenAmong(await list(), rights)
      if (forbidden.size < flows) throw new Error(`${forbidden.size} of ${flows} connections were found`)
      await nft(host, `add element inet vpnunit cut { ${[...forbidden].join(', ')} }\n`)
    })
    const some = (await list()).slice(0, DELETED)
    const theirs = await timed(async () => {
      for (const { source, destination } of some) {
        // It ends with 1 when another one of the same ends took it along.
        await host.host.exec('conntrack', ['-D', '-f', 'ipv6', '-p', 'udp', '-s', source, '-d', destination])
      }
    })
    runs.push([ours, (theirs / some.length) * flows])
    await remove(host, OURS)
  }
  const deleted = { name: 'conntrack -D for each', ours: rowOf(runs, 0), values: rowOf(runs, 1) }
  return [timesTheCost('6,000 connections that are forbidden now are cut', 'ms', deleted, 0.1)]
}

const host = await TrafficHost.make(owner)
const load = readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 1).join()
const linux = /^\d+\.\d+/.exec(release())?.[0]
note(
  `${availableParallelism()} cores, Linux ${linux}, ${(await host.host.run('nft', ['--version'])).trim()}; load ${load}.`,
)
note(`${MANY} gateways in 254 groups with 20 rules each`)
note(formatTable([...(await changes(host)), ...(await cutting(host)), ...(await traffic(host))]))
process.exit()

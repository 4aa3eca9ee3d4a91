import { release } from 'node:os'
import type { Owner } from '../e2e/lab/undo.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { renderConnect, renderDisconnect } from '../render/ruleset-elements.ts'
import type { RulesetInput } from '../render/ruleset-input.ts'
import { connectByChains, disconnectByChains, renderChains } from './firewall-chains.ts'
import { benchInput } from './firewall-population.ts'
import { TrafficHost } from './firewall-traffic.ts'
import { formatTable, type Row, timesTheCost, under } from './table.ts'

const RUNS = 9
const TRAFFIC_RUNS = 5
const TIMES = 4000
const [MANY, FEW] = [4064, 10]

/** There is no test here that could end: what was made goes with the process. */
const owner: Owner = { teardown: () => undefined }

const note = (text: string) => process.stdout.write(`${text}\n\n`)

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

const rowOf = (values: number[][], index: number) => values.map((run) => run[index] ?? Number.NaN)

/** Loading, connecting and disconnecting, in turns with the way of chains. */
async function changes({ host }: TrafficHost): Promise<Row[]> {
  const nft = (input: string) => host.run('nft', ['-f', '-'], { input })
  const input = benchInput(MANY)
  const runs: number[][] = []
  for (let run = 0; run < RUNS; run++) {
    const gateway = input.connected[run * 400]
    if (gateway === undefined) throw new Error('there are fewer gateways')
    const rest = { ...input, connected: input.connected.filter((one) => one !== gateway) }
    const ours = [
      await timed(() => nft(renderRuleset(input))),
      await timed(() => nft(renderDisconnect(input, gateway))),
      await timed(() => nft(renderConnect(rest, gateway))),
    ]
    await nft('table inet vpnunit\ndelete table inet vpnunit\n')
    const chains = [
      await timed(() => nft(renderChains(input))),
      await timed(() => disconnectByChains(host, gateway)),
      await timed(() => connectByChains(host, gateway)),
    ]
    await nft('table inet by_user\ndelete table inet by_user\n')
    runs.push([...ours, ...chains])
  }
  const name = 'a chain a user'
  const pairsOf = (at: number) => ({ name, ours: rowOf(runs, at), values: rowOf(runs, at + 3) })
  return [
    under('the whole table, rendered and loaded', 'ms', rowOf(runs, 0), 300),
    timesTheCost('the same beside chains', 'ms', pairsOf(0), 1),
    under('a gateway disconnects', 'ms', rowOf(runs, 1), 40),
    timesTheCost('the same beside chains', 'ms', pairsOf(1), 1 / 3),
    under('a gateway connects', 'ms', rowOf(runs, 2), 40),
    timesTheCost('the same beside chains', 'ms', pairsOf(2), 1 / 3),
  ]
}

/** Thousands of packets a second, through both kinds of table, with few gateways and with many. */
async function traffic(traffic: TrafficHost): Promise<string[]> {
  const nft = (input: string) => traffic.host.run('nft', ['-f', '-'], { input })
  const kinds: [string, (input: RulesetInput) => string, string][] = [
    ['vpnunit', renderRuleset, 'vpnunit'],
    ['a chain a user', renderChains, 'by_user'],
  ]
  const figures = new Map<string, number[]>()
  for (let run = 0; run < TRAFFIC_RUNS; run++) {
    for (const [name, render, table] of kinds) {
      for (const size of [FEW, MANY]) {
        const input = benchInput(size)
        await nft(render(input))
        const rates = [await traffic.established(input.connected, TIMES), await traffic.opening(input.connected)]
        rates.forEach((rate, at) => {
          const key = `${name} | ${at === 0 ? 'established' : 'new'}, ${size} gateways`
          figures.set(key, [...(figures.get(key) ?? []), rate])
        })
        await nft(`table inet ${table}\ndelete table inet ${table}\n`)
      }
    }
  }
  return [...figures].map(([key, rates]) => `| ${key} | ${rates.map((rate) => rate.toFixed(0)).join(', ')} |`)
}

const host = await TrafficHost.make(owner)
note(`Linux ${/^\d+\.\d+/.exec(release())?.[0]}, ${(await host.host.run('nft', ['--version'])).trim()}`)
note(`${MANY} gateways in 254 groups with 20 rules each\n\n${formatTable(await changes(host))}`)
note(['| table | flows | thousands of packets a second |', '| --- | --- | --- |', ...(await traffic(host))].join('\n'))
process.exit()

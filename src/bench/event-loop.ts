import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Population } from './population.ts'
import { type Prefix, Service } from './service.ts'
import { CONCURRENCY, type Sizes } from './sizes.ts'
import { type Row, under } from './table.ts'

const POLL_MS = 5

/** How late the event loop is while sixteen gateways at a time are issued, measured inside of the service. */
export async function eventLoop(folder: string, prefix: Prefix, population: Population, sizes: Sizes): Promise<Row[]> {
  const file = join(folder, 'loop')
  const environment = {
    BENCH_LOOP_FILE: file,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'loop-delay.ts')}`,
  }
  const service = await Service.start(folder, prefix, environment)
  const { client } = service
  try {
    const runs: { p99: number; max: number }[] = []
    await client.cost(await population.messages(client, sizes.concurrent), CONCURRENCY)
    for (let run = 0; run < sizes.pairs; run++) {
      const messages = await population.messages(client, sizes.concurrent)
      await readDelay(service, file)
      await client.cost(messages, CONCURRENCY)
      runs.push(await readDelay(service, file))
    }
    const label = `event loop while issuing ${CONCURRENCY} at a time`
    const p99 = runs.map((run) => run.p99)
    process.stdout.write(`Event loop, latest of each run: ${runs.map(({ max }) => max.toFixed(1)).join(', ')} ms\n\n`)
    return [under(`${label}, p99`, 'ms', p99, 10)]
  } finally {
    await service.stop()
  }
}

/** What was seen since the last call. */
async function readDelay(service: Service, file: string): Promise<{ p99: number; max: number }> {
  rmSync(file, { force: true })
  service.process.signal('SIGUSR2')
  for (;;) {
    await sleep(POLL_MS)
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as { p99: number; max: number }
    } catch {
      // Not written yet.
    }
  }
}

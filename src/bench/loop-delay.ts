/**
 * Loaded into the service with --import: measures how late its event loop is. SIGUSR2 writes the 99th percentile and the
 * highest since the signal before to the file that BENCH_LOOP_FILE names.
 */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** The period of the histogram's timer, which it counts as delay. */
const PERIOD_MS = 1
const NS_PER_MS = 1e6

const file = process.env.BENCH_LOOP_FILE
const histogram = monitorEventLoopDelay({ resolution: PERIOD_MS })
histogram.enable()

process.on('SIGUSR2', () => {
  const late = (ns: number) => Math.max(0, ns / NS_PER_MS - PERIOD_MS)
  const seen = { p99: late(histogram.percentile(99)), max: late(histogram.max), count: histogram.count }
  histogram.reset()
  if (file !== undefined) writeFileSync(file, JSON.stringify(seen))
})

import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Fact } from './facts.ts'

const MICROSECONDS = 1_000_000

export type ProcessSource = {
  cpu: NodeJS.CpuUsage
  memory: NodeJS.MemoryUsage
  activeMs: number
  openFiles: number | undefined
  maxFiles: number | undefined
}

/**
 * The process itself, under the names that Prometheus' clients give it. prom-client's own default metrics do more and
 * cost more: timers and observers that nothing can stop, which keep every unit of a test alive, a lag that counts the
 * timer's own period, and names that promtool refuses.
 */
export const PROCESS_FACTS: readonly Fact<ProcessSource>[] = [
  {
    name: 'process_start_time_seconds',
    help: 'When the process started.',
    read: () => performance.timeOrigin / SECOND_MS,
  },
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    read: ({ cpu }) => (cpu.user + cpu.system) / MICROSECONDS,
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    read: ({ memory }) => memory.rss,
  },
  {
    name: 'process_open_fds',
    help: 'Open files and connections. Absent where the system does not say.',
    read: ({ openFiles }) => openFiles,
  },
  {
    name: 'process_max_fds',
    help: 'How many files and connections may be open. Absent where the system does not say.',
    read: ({ maxFiles }) => maxFiles,
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Memory that JavaScript objects take.',
    read: ({ memory }) => memory.heapUsed,
  },
  {
    name: 'nodejs_heap_size_total_bytes',
    help: 'Memory that is set aside for JavaScript objects.',
    read: ({ memory }) => memory.heapTotal,
  },
  {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory that JavaScript objects hold outside of their own.',
    read: ({ memory }) => memory.external,
  },
  {
    name: 'nodejs_eventloop_active_seconds_total',
    help: 'Time in which the event loop was at work: near one second a second, requests wait for each other.',
    read: ({ activeMs }) => activeMs / SECOND_MS,
  },
]

export function readProcess(): ProcessSource {
  return {
    cpu: process.cpuUsage(),
    memory: process.memoryUsage(),
    activeMs: performance.eventLoopUtilization().active,
    openFiles: orAbsent(() => readdirSync('/proc/self/fd').length - 1),
    maxFiles: orAbsent(() => maxFilesIn(readFileSync('/proc/self/limits', 'utf8'))),
  }
}

/** /proc is Linux', and a container may be without it. */
function orAbsent(read: () => number | undefined): number | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function maxFilesIn(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  return soft === undefined ? undefined : Number(soft)
}

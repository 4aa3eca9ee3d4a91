import { readdirSync, readFileSync } from 'node:fs'

const NS_PER_MS = 1e6

/** Linux shows the time of children in hundredths of a second, wherever it counts otherwise. */
const MS_PER_TICK = 10

/** What a process has used, all its threads together, in milliseconds: from schedstat, which counts nanoseconds. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const ns = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return ns.reduce((sum, one) => sum + one, 0) / NS_PER_MS
}

/**
 * What the children of a process, and theirs, had used when they ended. It is shown in ticks, and is the sum of what was
 * counted in nanoseconds: a whole storm of scripts is wrong by two ticks at most, not each of them.
 */
export function childrenCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK
}

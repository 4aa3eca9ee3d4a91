import { setTimeout as pause } from 'node:timers/promises'

const INTERVAL_MS = 25

/**
 * Waits for a condition that no event tells of, such as the state of the kernel. Never pauses in place of one.
 * @throws Error naming what was waited for, when it is not so by the deadline
 */
export async function until(
  what: string,
  deadlineMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so after ${deadlineMs} ms: ${what}`)
    await pause(INTERVAL_MS)
  }
}

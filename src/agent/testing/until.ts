import { setTimeout as pause } from 'node:timers/promises'

/** Waits for what another turn of the event loop brings. @throws Error naming what was waited for */
export async function until(what: string, condition: () => boolean, deadlineMs = 5000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not so after ${deadlineMs} ms: ${what}`)
    await pause(5)
  }
}

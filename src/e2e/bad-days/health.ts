import type { Service } from '../lab/service.ts'
import { until } from '../lab/until.ts'

/** Publishing is tried again after ten seconds at the latest. */
export const RETRY_MS = 12_000

export async function warnings(service: Service): Promise<string[]> {
  return (await service.request<{ warnings: string[] }>('GET', '/health')).body.warnings
}

/** Waits until the service has nothing to warn of, and by itself: nothing but health is asked. */
export async function untilHealthy(service: Service, deadlineMs = RETRY_MS): Promise<void> {
  let found: string[] = []
  try {
    await until('', deadlineMs, async () => {
      found = await warnings(service)
      return found.length === 0
    })
  } catch {
    throw new Error(
      `after ${deadlineMs} ms health still says ${found.join(', ')}:\n${service.process.output.slice(-2000)}`,
    )
  }
}

/** Which hosts can be spoken to: an agent that lives asks again within a minute, and reports every ten seconds. */
export type Presence = {
  /** A call of the host came in. */
  seen(host: string): void
  /** A call of the host waits for news; returns what to call when it ends. */
  waits(host: string): () => void
  isReachable(host: string): boolean
  forget(host: string): void
}

/** A host that was not heard for so long, in milliseconds, is not waited for. */
const SILENT_MS = 30_000

export function createPresence(clockMs = () => performance.now()): Presence {
  const heardMs = new Map<string, number>()
  const waiting = new Map<string, number>()

  const seen = (host: string) => void heardMs.set(host, clockMs())

  return {
    seen,
    waits: (host) => {
      seen(host)
      waiting.set(host, (waiting.get(host) ?? 0) + 1)
      return () => {
        seen(host)
        waiting.set(host, (waiting.get(host) ?? 1) - 1)
      }
    },
    isReachable: (host) => {
      const isWaiting = (waiting.get(host) ?? 0) > 0
      return isWaiting || clockMs() - (heardMs.get(host) ?? Number.NEGATIVE_INFINITY) < SILENT_MS
    },
    forget: (host) => {
      heardMs.delete(host)
      waiting.delete(host)
    },
  }
}

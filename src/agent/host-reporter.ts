import { isDeepStrictEqual } from 'node:util'
import type { HostReport } from '../domain/agent-feed.ts'
import { type ApiChannel, refusalOf } from './api-channel.ts'
import type { Log } from './host.ts'

/** How often how the host is is told, and how often at most while it changes. */
const EVERY_MS = 10_000
const LEAST_MS = 1000
const ANSWER_MS = 10_000

type ReporterOptions = { channel: ApiChannel; host: string; log: Log; report: () => HostReport }

/** Tells the service how the host is: now and then, and soon after a change. */
export class HostReporter {
  readonly #options: ReporterOptions
  #timer: NodeJS.Timeout | undefined
  #told: HostReport | undefined
  #toldAt = Number.NEGATIVE_INFINITY
  #isTelling = false

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LEAST_MS)
    void this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const { channel, host, log, report } = this.#options
    const now = performance.now()
    const body = report()
    const isDue = now - this.#toldAt >= EVERY_MS || !isDeepStrictEqual(body, this.#told)
    if (this.#isTelling || !isDue) return
    this.#isTelling = true
    try {
      const path = `/agent/hosts/${encodeURIComponent(host)}`
      const reply = await channel.ask({ method: 'PUT', path, body, timeoutMs: ANSWER_MS })
      if (reply.status >= 300) throw new Error(refusalOf(reply))
      this.#told = body
      this.#toldAt = now
    } catch (error) {
      log.debug({ reason: String(error) }, 'the host’s report could not be sent')
    } finally {
      this.#isTelling = false
    }
  }
}

import { ManagementEnv } from './env.ts'
import type { FaultEvent, ManagementEvent } from './events.ts'
import type { Opening } from './messages/client.ts'

export type EnvLimits = { maxEnvBytes: number; maxEnvLines: number }

/**
 * A notification whose environment is still coming. A part of one is never delivered: who a client is stands in it, and
 * half of it would be somebody else's.
 */
export class OpenNotification {
  readonly source: string
  readonly #opening: Opening<ManagementEvent>
  readonly #limits: EnvLimits
  #lines: string[] = []
  #bytes = 0
  #isLost = false

  constructor(source: string, opening: Opening<ManagementEvent>, limits: EnvLimits) {
    this.source = source
    this.#opening = opening
    this.#limits = limits
  }

  /** Takes `name=value`. Answers what to deliver, when that was one too many. */
  add(line: string): FaultEvent | undefined {
    if (this.#isLost) return undefined
    this.#bytes += line.length
    this.#lines.push(line)
    const { maxEnvBytes, maxEnvLines } = this.#limits
    return this.#bytes > maxEnvBytes || this.#lines.length > maxEnvLines ? this.lose('env-too-large') : undefined
  }

  /** What is to be delivered at its end, unless it was lost. */
  complete(): ManagementEvent | undefined {
    return this.#isLost ? undefined : this.#opening.complete(new ManagementEnv(this.#lines))
  }

  /** Lets it go. What still comes of its environment is taken and left away. Undefined when it was lost before. */
  lose(why: 'env-too-large' | 'line-too-long' | 'cut'): FaultEvent | undefined {
    if (this.#isLost) return undefined
    this.#isLost = true
    this.#lines = []
    return { type: 'notification-lost', why, lost: this.#opening.lost }
  }
}

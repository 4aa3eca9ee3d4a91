/** So long after its last command a client is taken to be listening rather than asking. */
const QUIET_MS = 300

/** Nothing is held back longer, however often it asks. */
const LONGEST_MS = 3000

/** Beyond so much it is told at once: what it cannot read is limited elsewhere. */
const MAX_HELD_BYTES = 2 ** 18

/**
 * Notifications that a client has not asked for wait until it has stopped asking. A tool that polls takes the first
 * thing it reads for its answer (openvpn-monitor does after `load-stats`), and knows nothing of CLIENT, which an OpenVPN
 * that decides by itself never sends.
 */
export class Quiet {
  readonly #deliver: (bytes: Buffer) => void
  #held: Buffer[] = []
  #heldBytes = 0
  #heldSince = 0
  #disturbedAt: number
  #timer: NodeJS.Timeout | undefined

  constructor(deliver: (bytes: Buffer) => void, now: number = performance.now()) {
    this.#deliver = deliver
    this.#disturbedAt = now
  }

  /** The client has asked, or was answered. */
  disturb(now: number): void {
    this.#disturbedAt = now
  }

  tell(bytes: Buffer, now: number): void {
    if (this.#held.length === 0 && now >= this.#disturbedAt + QUIET_MS) {
      this.#deliver(bytes)
      return
    }
    if (this.#held.length === 0) this.#heldSince = now
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > MAX_HELD_BYTES) this.#release()
    else this.#wait()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#held = []
  }

  #wait(): void {
    if (this.#timer !== undefined) return
    const due = Math.min(this.#disturbedAt + QUIET_MS, this.#heldSince + LONGEST_MS)
    this.#timer = setTimeout(() => this.#look(performance.now()), Math.max(1, due - performance.now()))
  }

  #look(now: number): void {
    this.#timer = undefined
    // It may have asked again meanwhile.
    if (now >= this.#disturbedAt + QUIET_MS || now >= this.#heldSince + LONGEST_MS) this.#release()
    else this.#wait()
  }

  #release(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const bytes of held) this.#deliver(bytes)
  }
}

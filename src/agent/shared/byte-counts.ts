/** OpenVPN tells the agent of traffic at the agent's interval. A client that wants to hear less often is told less often. */
export class ByteCounts {
  readonly #everyMs: number
  readonly #last = new Map<number, number>()

  /** @param seconds 0 for never */
  constructor(seconds: number) {
    this.#everyMs = seconds * 1000
  }

  /** Whether the client is told what was counted for this one now. */
  isDue(cid: number, now: number): boolean {
    const last = this.#last.get(cid)
    if (this.#everyMs === 0 || (last !== undefined && now - last < this.#everyMs)) return false
    this.#last.delete(cid)
    this.#last.set(cid, now)
    this.#forgetOldest(now)
    return true
  }

  /** Those that were not told of for so long are gone, or are due again: in both cases nothing is lost with them. */
  #forgetOldest(now: number): void {
    for (const [cid, last] of this.#last) {
      if (now - last < this.#everyMs) return
      this.#last.delete(cid)
    }
  }
}

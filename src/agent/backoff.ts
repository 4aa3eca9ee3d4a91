/** How long to wait before the next attempt: doubled each time from `first` to `most`. */
export class Backoff {
  readonly #first: number
  readonly #most: number
  #next: number

  constructor(firstMs: number, mostMs: number) {
    this.#first = firstMs
    this.#most = mostMs
    this.#next = firstMs
  }

  next(): number {
    const now = this.#next
    this.#next = Math.min(now * 2, this.#most)
    return now
  }

  reset(): void {
    this.#next = this.#first
  }
}

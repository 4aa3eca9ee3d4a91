import { hash, timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

/** A text that can't slip into a log, an error or a JSON answer: it must be asked for by name. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  /** Compares in a time that says nothing of where, or at what length, the two differ. */
  equals(other: string): boolean {
    return timingSafeEqual(digest(this.#text), digest(other))
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

import type { DutyAnswer } from '../domain/route-duty.ts'
import type { Duty } from './duty-connection.ts'

/** Says one duty's whole state to apply: the newest one, once to each apply, one at a time. */
export class DutyTeller {
  readonly #what: string
  readonly #ask: (duty: Duty) => Promise<DutyAnswer | undefined>
  readonly #learn: (answer: DutyAnswer) => void
  /** The newest duty as JSON, by which two are compared; undefined before the first. */
  #wanted: string | undefined
  /** What this connection was told last, and whether apply took it: undefined until it answers. */
  #told: { duty: string | undefined; isTaken: boolean | undefined } = { duty: undefined, isTaken: true }
  #waiting: ((isSettled: boolean) => void)[] = []
  #isOpen = false
  /** Why the newest was not taken: it is not in place, whatever apply says of the one before. */
  refusal: string | null = null

  constructor(what: string, ask: (duty: Duty) => Promise<DutyAnswer | undefined>, learn: (answer: DutyAnswer) => void) {
    this.#what = what
    this.#ask = ask
    this.#learn = learn
  }

  get isWanted(): boolean {
    return this.#wanted !== undefined
  }

  want(duty: Duty): void {
    this.#wanted = JSON.stringify(duty)
    this.#tell()
  }

  opened(): void {
    this.#isOpen = true
    this.#tell()
  }

  /** The next connection is told anew. */
  closed(): void {
    this.#isOpen = false
    this.#told = { duty: undefined, isTaken: true }
    this.refusal = null
    this.#answerWaiting(false)
  }

  /** Whether the newest is acknowledged: false when it is refused, or the connection ends. */
  settled(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#tell()
    })
  }

  #tell(): void {
    if (!this.#isOpen || this.#wanted === undefined || this.#told.isTaken === undefined) return
    if (this.#told.duty === this.#wanted) this.#answerWaiting(this.#told.isTaken)
    else void this.#say(this.#wanted)
  }

  async #say(duty: string): Promise<void> {
    this.#told = { duty, isTaken: undefined }
    const answer = await this.#ask(JSON.parse(duty))
    // The connection ended before.
    if (answer === undefined) return
    this.#told = { duty, isTaken: 'report' in answer }
    this.refusal = 'fault' in answer ? `apply refuses the ${this.#what}: ${answer.fault}` : null
    this.#learn(answer)
    this.#tell()
  }

  #answerWaiting(isSettled: boolean): void {
    const answered = this.#waiting
    this.#waiting = []
    for (const resolve of answered) resolve(isSettled)
  }
}

/** Something that happened, as GET /events tells it: `type` names it, the rest is its own. */
export type Happening = { type: string; at: string } & Record<string, unknown>

/** The number of an event counts from 1 in each life of the service. */
export type Numbered = { number: number; event: Happening }

export type EventLog = {
  add(event: Happening): void
  /** The number of the newest one, 0 before there is any. */
  last(): number
  /** Those after `number` that are still held. */
  since(number: number): Numbered[]
  /** How many there were of each type since the service started. */
  counts(): Record<string, number>
  /** Calls `listener` with each event from now on; returns how to stop. */
  subscribe(listener: (one: Numbered) => void): () => void
}

/** How many are held for somebody who was away for a moment. */
const HELD = 1000

export function createEventLog(held = HELD): EventLog {
  const listeners = new Set<(one: Numbered) => void>()
  let recent: Numbered[] = []
  const counts = new Map<string, number>()
  let last = 0

  return {
    add: (event) => {
      last += 1
      counts.set(event.type, (counts.get(event.type) ?? 0) + 1)
      const one = { number: last, event }
      recent.push(one)
      // Cut in steps: shifting a long array at each event would cost more than the event.
      if (recent.length >= 2 * held) recent = recent.slice(-held)
      for (const listener of listeners) listener(one)
    },
    last: () => last,
    since: (number) => recent.slice(-held).filter((one) => one.number > number),
    counts: () => Object.fromEntries(counts),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

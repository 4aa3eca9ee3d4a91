/**
 * Which gateways each of the last revisions touched, so that an agent that knows one of them is told the difference and
 * not the whole.
 */
export type ChangeLog = {
  record(revision: number, gateways: Iterable<string>): void
  /** What was touched after `revision`, or undefined when it is too long ago to be known. */
  since(revision: number): Set<string> | undefined
  /** Forgets everything: from now on, only what comes after `revision` is known. */
  reset(revision: number): void
}

/** How many names are remembered. A difference of more than that is not much shorter than the whole. */
const NAMES_MAX = 2000

/** A log that begins at `revision`. */
export function createChangeLog(revision: number, namesMax = NAMES_MAX): ChangeLog {
  let knownAfter = revision
  let entries: { revision: number; gateways: string[] }[] = []
  let names = 0

  function forgetOldest(): void {
    const oldest = entries.shift()
    if (oldest === undefined) return
    names -= oldest.gateways.length
    knownAfter = oldest.revision
  }

  return {
    record: (at, gateways) => {
      const touched = [...gateways]
      entries.push({ revision: at, gateways: touched })
      names += touched.length
      while (names > namesMax && entries.length > 0) forgetOldest()
    },
    since: (asked) => {
      if (asked < knownAfter) return undefined
      return new Set(entries.filter((entry) => entry.revision > asked).flatMap((entry) => entry.gateways))
    },
    reset: (at) => {
      entries = []
      names = 0
      knownAfter = at
    },
  }
}

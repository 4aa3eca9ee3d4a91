import { formatTime, SECOND_MS } from '../domain/lifetime.ts'
import { type Warning, warningsOf } from '../http/warnings.ts'
import type { Unit } from '../unit.ts'

const LOOK_MS = 5 * SECOND_MS

/** Tells those who follow the events of each warning that begins, and of its end. Returns how to stop. */
export function watchWarnings(unit: Unit, everyMs = LOOK_MS): () => void {
  let known = new Map<string, Warning>()
  const look = () => {
    try {
      const now = new Map(warningsOf(unit).map((warning) => [keyOf(warning), warning]))
      tellOf(unit, 'warning-ended', onlyIn(known, now))
      tellOf(unit, 'warning-began', onlyIn(now, known))
      known = now
    } catch (error) {
      unit.log.error({ err: error }, 'could not look for warnings; it is tried again')
    }
  }
  look()
  const timer = setInterval(look, everyMs)
  return () => clearInterval(timer)
}

/** What it is about, without the numbers in it that go up and down: those of routes and of revisions behind. */
function keyOf({ code, detail }: Warning): string {
  return `${code} ${detail.replace(/\b\d+ of \d+\b/, '')}`
}

function onlyIn(some: ReadonlyMap<string, Warning>, others: ReadonlyMap<string, Warning>): Warning[] {
  return [...some].filter(([key]) => !others.has(key)).map(([, warning]) => warning)
}

function tellOf({ feed, now }: Unit, type: string, warnings: readonly Warning[]): void {
  for (const { code, detail } of warnings) feed.events.add({ type, at: formatTime(now()), code, detail })
}

import { Counter, Gauge, type Registry } from 'prom-client'

/** One value, one for each value of the label, or nothing where there is nothing to measure. */
export type Reading = number | Readonly<Record<string, number>> | undefined

/** One metric: what it is called, what it says, and how it is read from where it comes from. */
export type Fact<Source> = { name: string; help: string; label?: string; read: (source: Source) => Reading }

/** The facts of one source, as a scrape shows them. */
export type OpenFacts<Source> = {
  show(source: Source): void
  /** Leaves them all out: a value of yesterday is worse than none. */
  hide(): void
}

/** Registers facts; the convention of names says which of them only grow. */
export function openFacts<Source>(registry: Registry, facts: readonly Fact<Source>[]): OpenFacts<Source> {
  const open = facts.map((fact) => ({ read: fact.read, set: openMetric(registry, fact) }))
  return {
    show: (source) => {
      for (const { read, set } of open) set(read(source))
    },
    hide: () => {
      for (const { set } of open) set(undefined)
    },
  }
}

function openMetric<Source>(registry: Registry, { name, help, label }: Fact<Source>): (reading: Reading) => void {
  const options = { name, help, labelNames: label === undefined ? [] : [label], registers: [registry] }
  const metric = name.endsWith('_total') ? new Counter(options) : new Gauge(options)
  return (reading) => {
    metric.reset()
    if (typeof reading === 'number') metric.inc(reading)
    else if (label === undefined) metric.remove()
    else for (const [value, count] of Object.entries(reading ?? {})) metric.inc({ [label]: value }, count)
  }
}

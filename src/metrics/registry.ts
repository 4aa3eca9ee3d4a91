import { Gauge, Histogram, Registry } from 'prom-client'
import type { Unit } from '../unit.ts'
import { VERSION } from '../version.ts'
import { type Fact, openFacts } from './facts.ts'
import { HOST_FACTS, readHosts } from './host-facts.ts'
import { PROCESS_FACTS, readProcess } from './process-facts.ts'
import { type AnsweredRequest, openRequestHistogram } from './request-histogram.ts'
import { DATABASE_FACTS, readDatabase, readService, SERVICE_FACTS } from './unit-facts.ts'

/** Which warnings there are, by code: each is in it, as 0 or 1. */
export type WarningFlags = Readonly<Record<string, number>>

/** What a unit tells Prometheus. */
export type Metrics = {
  readonly contentType: string
  /** Everything as it is now, in Prometheus' text format. */
  text(): Promise<string>
  countRequest(request: AnsweredRequest): void
}

const WARNING_FACTS: readonly Fact<WarningFlags>[] = [
  {
    name: 'vpnunit_warning',
    help: 'Whether health warns of this; /status says more, and what to do.',
    label: 'code',
    read: (flags) => flags,
  },
]

/** Attempts of a few changes take about a millisecond, the whole one of a start a second for thousands of gateways. */
const PUBLISH_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10]

/** The metrics of a unit, in a registry of its own. Nothing is measured but when somebody asks. */
export function createMetrics(unit: Unit, readWarnings: () => WarningFlags): Metrics {
  const registry = new Registry()
  addBuild(registry)
  measurePublishing(registry, unit)
  const countRequest = openRequestHistogram(registry)
  const sources = {
    database: openSource(registry, DATABASE_FACTS, () => readDatabase(unit)),
    service: openSource(registry, SERVICE_FACTS, () => readService(unit)),
    hosts: openSource(registry, HOST_FACTS, () => readHosts(unit)),
    warnings: openSource(registry, WARNING_FACTS, readWarnings),
    process: openSource(registry, PROCESS_FACTS, readProcess),
  }
  const refresh = openRefresh(registry, unit, sources)
  return {
    contentType: registry.contentType,
    text: () => {
      refresh()
      return registry.metrics()
    },
    countRequest,
  }
}

/** Reads a source anew. Returns why it could not be read, and then leaves out what comes from it. */
type Refresh = () => Error | undefined

function openSource<Source>(registry: Registry, facts: readonly Fact<Source>[], read: () => Source): Refresh {
  const open = openFacts(registry, facts)
  return () => {
    try {
      open.show(read())
      return undefined
    } catch (error) {
      open.hide()
      return error instanceof Error ? error : new Error(String(error))
    }
  }
}

/** What can't be read must not keep away the rest: that is when somebody looks. It is shown by a flag, and logged once. */
function openRefresh(registry: Registry, unit: Unit, sources: Record<string, Refresh>): () => void {
  const success = new Gauge({
    name: 'vpnunit_scrape_source_success',
    help: 'Whether what is read from this source could be; where not, it is left out.',
    labelNames: ['source'],
    registers: [registry],
  })
  const failing = new Set<string>()
  return () => {
    for (const [source, refresh] of Object.entries(sources)) {
      const fault = refresh()
      success.set({ source }, Number(fault === undefined))
      if (fault === undefined) failing.delete(source)
      else if (!failing.has(source)) {
        failing.add(source)
        unit.log.error({ err: fault }, `metrics of the ${source} can't be read and are left out`)
      }
    }
  }
}

function addBuild(registry: Registry): void {
  const build = new Gauge({
    name: 'vpnunit_build_info',
    help: 'Always 1: what is running.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  })
  build.set({ version: VERSION, node_version: process.version }, 1)
}

function measurePublishing(registry: Registry, unit: Unit): void {
  const duration = new Histogram({
    name: 'vpnunit_publish_duration_seconds',
    help: 'How long attempts to write the files took, also those that failed.',
    buckets: PUBLISH_BUCKETS,
    registers: [registry],
  })
  unit.publisher.onAttempt((seconds) => duration.observe(seconds))
}

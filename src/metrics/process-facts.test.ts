import { Registry } from 'prom-client'
import t from 'tap'
import { openFacts } from './facts.ts'
import { PROCESS_FACTS, readProcess } from './process-facts.ts'
import { samplesOf } from './testing/samples.ts'

const MEGABYTE = 1024 * 1024

t.test('the process says what it takes, in base units', async (t) => {
  const registry = new Registry()
  openFacts(registry, PROCESS_FACTS).show(readProcess())
  const samples = samplesOf(await registry.metrics())
  const value = (name: string) => samples.get(name) ?? Number.NaN
  t.ok(Math.abs(value('process_start_time_seconds') - (Date.now() / 1000 - process.uptime())) < 5)
  t.ok(value('process_cpu_seconds_total') > 0 && value('process_cpu_seconds_total') < 600)
  t.ok(value('process_resident_memory_bytes') > 10 * MEGABYTE)
  t.ok(value('nodejs_heap_size_used_bytes') > MEGABYTE)
  t.ok(value('nodejs_heap_size_total_bytes') >= value('nodejs_heap_size_used_bytes'))
  t.ok(value('nodejs_external_memory_bytes') > 0)
  t.ok(value('nodejs_eventloop_active_seconds_total') >= 0)
  if (process.platform === 'linux') {
    t.ok(value('process_open_fds') >= 3)
    t.ok(value('process_max_fds') >= value('process_open_fds'))
  }
})

t.test('what the system does not say is left out', async (t) => {
  const registry = new Registry()
  openFacts(registry, PROCESS_FACTS).show({ ...readProcess(), openFiles: undefined, maxFiles: undefined })
  const samples = samplesOf(await registry.metrics())
  t.notOk(samples.has('process_open_fds') || samples.has('process_max_fds'))
  t.ok(samples.has('process_resident_memory_bytes'))
})

t.test('the counters go on from where they were, and never back', async (t) => {
  const registry = new Registry()
  const facts = openFacts(registry, PROCESS_FACTS)
  const read = async () => {
    facts.show(readProcess())
    return samplesOf(await registry.metrics()).get('process_cpu_seconds_total') ?? 0
  }
  const before = await read()
  t.ok((await read()) >= before)
})

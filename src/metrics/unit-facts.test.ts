import { Registry } from 'prom-client'
import t from 'tap'
import { openFacts } from './facts.ts'
import { samplesOf } from './testing/samples.ts'
import { DATABASE_FACTS, type DatabaseSource, SERVICE_FACTS, type ServiceSource } from './unit-facts.ts'

const NEW: DatabaseSource = {
  revision: 2,
  users: 0,
  gateways: { enabled: 0, disabled: 0 },
  certificates: { valid: 1, superseded: 0, expired: 0, revoked: 0 },
  serverEnd: new Date('2036-02-29T12:00:00Z'),
  formerServerEnd: undefined,
  ends: { soonest: undefined, ended: 0, ending: { 1: 0, 7: 0, 14: 0, 30: 0 } },
}

const QUIET: ServiceSource = {
  authorityEnd: new Date('2036-02-29T12:00:00Z'),
  crl: undefined,
  publish: { pending: 0, failures: 0 },
  storageFault: undefined,
}

async function databaseSamples(source: Partial<DatabaseSource>) {
  const registry = new Registry()
  openFacts(registry, DATABASE_FACTS).show({ ...NEW, ...source })
  return samplesOf(await registry.metrics())
}

async function serviceSamples(source: Partial<ServiceSource>) {
  const registry = new Registry()
  openFacts(registry, SERVICE_FACTS).show({ ...QUIET, ...source })
  return samplesOf(await registry.metrics())
}

t.test('times are seconds since 1970', async (t) => {
  const samples = await databaseSamples({ ends: { ...NEW.ends, soonest: new Date('2026-03-15T00:00:01Z') } })
  t.equal(samples.get('vpnunit_server_certificate_not_after_timestamp_seconds'), 2087899200)
  t.equal(samples.get('vpnunit_gateway_certificate_soonest_not_after_timestamp_seconds'), 1773532801)
})

t.test('before there is a server certificate or a gateway, what would speak of them is absent', async (t) => {
  const samples = await databaseSamples({ serverEnd: undefined })
  t.strictSame(
    [...samples.keys()].filter((series) => series.includes('timestamp')),
    [],
  )
  t.equal(samples.get('vpnunit_gateway_certificates_ended'), 0)
  t.equal(samples.get('vpnunit_gateway_certificates_ending{within="14d"}'), 0)
})

t.test('without a revocation list nothing is said of it, and of the rest everything', async (t) => {
  const samples = await serviceSamples({})
  t.strictSame(
    [...samples],
    [
      ['vpnunit_authority_not_after_timestamp_seconds', 2087899200],
      ['vpnunit_publish_pending', 0],
      ['vpnunit_publish_failures_total', 0],
      ['vpnunit_storage_fault', 0],
    ],
  )
})

t.test('faults are shown as numbers, without their words', async (t) => {
  const samples = await serviceSamples({
    publish: { pending: 3, failures: 9 },
    storageFault: 'database or disk is full',
  })
  t.equal(samples.get('vpnunit_publish_pending'), 3)
  t.equal(samples.get('vpnunit_publish_failures_total'), 9)
  t.equal(samples.get('vpnunit_storage_fault'), 1)
})

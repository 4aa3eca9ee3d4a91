import { Registry } from 'prom-client'
import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { SERVICE } from '../provision/change.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createUser } from '../provision/create-user.ts'
import { reportHost } from '../provision/host-reports.ts'
import { takeEvents } from '../provision/take-events.ts'
import { beginSession, wellReport } from '../testing/host-report.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import type { Unit } from '../unit.ts'
import { openFacts } from './facts.ts'
import { HOST_FACTS, readHosts } from './host-facts.ts'
import { samplesOf } from './testing/samples.ts'

const NAME = 'attic.example.org'

async function scrape(unit: Unit) {
  const registry = new Registry()
  openFacts(registry, HOST_FACTS).show(readHosts(unit))
  return samplesOf(await registry.metrics())
}

async function addGateway(unit: Unit): Promise<void> {
  const user = parseUserName('ada')
  await createUser(unit, SERVICE, { name: user })
  await createGateway(unit, SERVICE, { name: parseFqdn(NAME), user, key: { keyType: 'ec-p256' } })
}

t.test('without a host there is no sample of one, and what is counted begins at nought', async (t) => {
  const { unit } = await openTestUnit(t)
  const samples = await scrape(unit)
  t.strictSame(
    [...samples.keys()].filter((series) => series.includes('host')),
    [],
  )
  for (const type of ['session-started', 'session-ended', 'refused']) {
    t.equal(samples.get(`vpnunit_events_total{type="${type}"}`), 0)
  }
  for (const way of ['in', 'out']) t.equal(samples.get(`vpnunit_traffic_bytes_total{direction="${way}"}`), 0)
})

t.test('a host tells what it holds, its instances, its routes and its backlog', async (t) => {
  const { unit } = await openTestUnit(t)
  const instance = { version: null, generation: null, sessions: 0 }
  const report = wellReport(unit, {
    instances: [0, 1, 2].map((number) => ({ ...instance, instance: number, connected: number === 1 })),
    routes: { connected: true, wanted: 5, missing: 2, repairs: 7, fault: null },
    backlog: 11,
  })
  await reportHost(unit, 'vpn1', report)
  await createUser(unit, SERVICE, { name: parseUserName('ada') })
  const samples = await scrape(unit)
  const told = [...samples].filter(([series]) => series.includes('host="vpn1"'))
  t.strictSame(Object.fromEntries(told.map(([series, value]) => [series.replace('{host="vpn1"}', ''), value])), {
    vpnunit_sessions: 0,
    vpnunit_host_reachable: 1,
    vpnunit_host_revisions_behind: 1,
    vpnunit_host_instances_connected: 1,
    vpnunit_host_instances_not_connected: 2,
    vpnunit_host_routes_wanted: 5,
    vpnunit_host_routes_missing: 2,
    vpnunit_host_repairs_total: 7,
    vpnunit_host_firewall_in_place: 1,
    vpnunit_host_firewall_drift_total: 0,
    vpnunit_host_firewall_cut_total: 0,
    vpnunit_host_backlog: 11,
  })
})

t.test('what can’t be known is absent: routes that nobody can ask for, and all of a host that is away', async (t) => {
  const { unit } = await openTestUnit(t)
  await unit.store.write(() => unit.store.hosts.report('away', unit.now(), wellReport(unit)))
  const routes = { connected: false, wanted: 0, missing: 0, repairs: 0, fault: null }
  await reportHost(unit, 'blind', wellReport(unit, { feed: 'of another life', routes }))
  const samples = await scrape(unit)
  t.strictSame(
    [...samples.keys()].filter((series) => series.includes('"away"')),
    ['vpnunit_sessions{host="away"}', 'vpnunit_host_reachable{host="away"}'],
  )
  t.equal(samples.get('vpnunit_host_reachable{host="away"}'), 0)
  t.equal(samples.get('vpnunit_host_backlog{host="blind"}'), 0)
  for (const name of ['routes_wanted', 'routes_missing', 'repairs_total', 'revisions_behind']) {
    t.notOk(samples.has(`vpnunit_host_${name}{host="blind"}`), name)
  }
})

t.test('sessions, events and bytes are counted', async (t) => {
  const { unit } = await openTestUnit(t)
  await addGateway(unit)
  await beginSession(unit, { gateway: NAME, cid: 0 })
  const at = '2026-03-01T12:00:10Z'
  const key = { instance: 0, generation: 'one', cid: 0 }
  await takeEvents(unit, {
    host: 'vpn1',
    outbox: 'one',
    first: 1,
    events: [
      { type: 'traffic', at, bytesIn: 100, bytesOut: 1000, ...key },
      { type: 'traffic', at, bytesIn: 150, bytesOut: 1000, ...key },
    ],
  })
  const samples = await scrape(unit)
  t.equal(samples.get('vpnunit_sessions{host="vpn1"}'), 1)
  t.equal(samples.get('vpnunit_events_total{type="session-started"}'), 1)
  t.equal(samples.get('vpnunit_traffic_bytes_total{direction="in"}'), 150)
  t.equal(samples.get('vpnunit_traffic_bytes_total{direction="out"}'), 1000)
})

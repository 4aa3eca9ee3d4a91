import t from 'tap'
import { openTestApp } from '../testing/test-unit.ts'

const REPORT = {
  version: '0.1.0',
  startedAt: '2026-03-01T11:00:00Z',
  feed: null as string | null,
  revision: null as number | null,
  instances: [{ instance: 0, connected: true, version: 'OpenVPN 2.6.14', generation: '77.1', sessions: 3 }],
  routes: { connected: true, wanted: 4, missing: 1, repairs: 2, fault: null },
  backlog: 5,
}

t.test('a host shows what its agent reported, and how far it is behind', async (t) => {
  const { ask, unit } = await openTestApp(t)
  t.equal((await ask('PUT', '/agent/hosts/vpn1', REPORT)).status, 204)
  const shown = {
    name: 'vpn1',
    firstSeenAt: '2026-03-01T12:00:00Z',
    reportedAt: '2026-03-01T12:00:00Z',
    isReachable: true,
    version: '0.1.0',
    revision: null as number | null,
    behind: null as number | null,
    instances: REPORT.instances,
    routes: REPORT.routes,
    firewall: null,
    backlog: 5,
  }
  t.strictSame((await ask('GET', '/hosts')).body, [shown], 'it holds no state yet')
  const revision = unit.store.site.revision()
  await ask('PUT', '/agent/hosts/vpn1', { ...REPORT, feed: unit.feed.id, revision })
  t.strictSame((await ask('GET', '/hosts/vpn1')).body, { ...shown, revision, behind: 0 })
  await ask('POST', '/users', { name: 'ada' })
  t.match((await ask('GET', '/hosts/vpn1')).body, { revision, behind: 1 })
  await ask('PUT', '/agent/hosts/vpn1', { ...REPORT, feed: '0'.repeat(16), revision })
  t.match((await ask('GET', '/hosts/vpn1')).body, { revision: null }, 'a revision of another feed says nothing')
})

t.test('a host that has told of sessions and never reported is shown all the same', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('POST', '/agent/events', { host: 'vpn2', outbox: '0'.repeat(16), first: 0, events: [] })
  t.match((await ask('GET', '/hosts')).body, [{ name: 'vpn2', version: null, instances: [], routes: null }])
})

t.test('a host that is forgotten is gone, until it reports again', async (t) => {
  const { ask } = await openTestApp(t)
  await ask('PUT', '/agent/hosts/vpn1', REPORT)
  t.equal((await ask('DELETE', '/hosts/vpn1')).status, 204)
  t.match((await ask('GET', '/hosts/vpn1')).body, { type: '/problems/host-unknown', status: 404 })
  t.match((await ask('DELETE', '/hosts/vpn1')).body, { type: '/problems/host-unknown', status: 404 })
  await ask('PUT', '/agent/hosts/vpn1', REPORT)
  t.equal((await ask('GET', '/hosts/vpn1')).status, 200)
})

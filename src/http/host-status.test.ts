import t from 'tap'
import { beginSession, wellReport } from '../testing/host-report.ts'
import { openTestApp } from '../testing/test-unit.ts'
import { hostsStatusOf } from './host-status.ts'

t.test('without an agent the mode is static', async (t) => {
  const { unit } = await openTestApp(t)
  t.strictSame(hostsStatusOf(unit), { mode: 'static', sessions: 0, hosts: [] })
})

t.test('with one it is managed, and every host is told in short', async (t) => {
  const { unit, ask } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  const routes = { connected: true, wanted: 3, missing: 1, repairs: 7, fault: null }
  t.equal((await ask('PUT', '/agent/hosts/vpn1', wellReport(unit, { routes }))).status, 204)
  await ask(
    'PUT',
    '/agent/hosts/vpn2',
    wellReport(unit, { feed: null, revision: null, routes: { ...routes, connected: false } }),
  )
  await beginSession(unit, { gateway: 'attic.example.org', cid: 0 })
  await ask('PATCH', '/users/ada', { disabled: true })
  const revision = unit.store.site.revision()
  const firewall = { gateways: 1, drift: 2, cut: 0, fault: null }
  await ask('PUT', '/agent/hosts/vpn3', wellReport(unit, { firewall: { ...firewall, state: 'failing' } }))
  t.match((await ask('GET', '/status')).body, {
    mode: 'managed',
    sessions: 1,
    hosts: [
      { name: 'vpn1', isReachable: true, revision: revision - 1, behind: 1, sessions: 1, routesMissing: 1, repairs: 7 },
      {
        name: 'vpn2',
        isReachable: true,
        revision: null,
        behind: null,
        sessions: 0,
        routesMissing: null,
        repairs: 7,
        firewall: 'in place',
        drift: 0,
      },
      { name: 'vpn3', firewall: 'failing', drift: 2 },
    ],
  })
})

import t from 'tap'
import type { HostReport } from '../domain/agent-feed.ts'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { forgetHost, meetHost, reportHost } from './host-reports.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const REPORT: HostReport = {
  version: '1',
  startedAt: '2026-03-01T11:00:00Z',
  feed: null,
  revision: null,
  instances: [],
  routes: { connected: false, wanted: 0, missing: 0, repairs: 0, fault: null },
  backlog: 0,
}

t.test('a report is kept, makes the host reachable, and is no change', async (t) => {
  const { unit } = await openTestUnit(t)
  const heard: unknown[] = []
  unit.feed.events.subscribe(({ event }) => heard.push(event))
  const revision = unit.store.site.revision()
  await reportHost(unit, 'vpn1', REPORT)
  await reportHost(unit, 'vpn1', { ...REPORT, version: '2' })
  t.match(unit.store.hosts.find('vpn1'), { report: { version: '2' } })
  t.ok(unit.feed.presence.isReachable('vpn1'))
  t.equal(unit.store.site.revision(), revision)
  t.match(heard, [{ type: 'host-seen', host: 'vpn1' }], 'only that it is there')
})

t.test('a host that asks is known from then on, and met once', async (t) => {
  const { unit, clock } = await openTestUnit(t)
  await meetHost(unit, 'vpn1')
  clock.advanceDays(1)
  await meetHost(unit, 'vpn1')
  t.match(unit.store.hosts.list(), [{ name: 'vpn1', firstSeenAt: new Date('2026-03-01T12:00:00Z'), report: null }])
})

t.test('a host that is forgotten leaves no live session', async (t) => {
  const { unit } = await openTestUnit(t)
  await reportHost(unit, 'vpn1', REPORT)
  unit.store.sessions.insert({
    host: 'vpn1',
    instance: 0,
    generation: '77.1',
    cid: 1,
    gateway: parseFqdn('gw.example.org'),
    user: parseUserName('ada'),
    number: 2,
    slot: 0,
    serial: null,
    realAddress: '192.0.2.1:1',
    startedAt: unit.now(),
  })
  await forgetHost(unit, CALLER, 'vpn1')
  t.equal(unit.store.hosts.find('vpn1'), undefined)
  t.same(unit.store.sessions.listLive(), [])
  t.match(unit.store.sessions.history(99, 1), [{ endReason: 'host removed' }])
  t.notOk(unit.feed.presence.isReachable('vpn1'))
  t.match(unit.store.audit.list(99, 1), [{ ...CALLER, action: 'host.delete', object: 'vpn1' }])
  await t.rejects(forgetHost(unit, CALLER, 'vpn1'), { code: 'host-unknown' })
})

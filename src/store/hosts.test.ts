import t from 'tap'
import type { HostReport } from '../domain/agent-feed.ts'
import { openStore } from './store.ts'

const T1 = new Date('2026-03-01T12:00:00Z')
const T2 = new Date('2026-03-01T12:01:00Z')
const REPORT: HostReport = {
  version: '1',
  startedAt: '2026-03-01T11:00:00Z',
  feed: null,
  revision: 7,
  instances: [],
  routes: { connected: false, wanted: 0, missing: 0, repairs: 0, fault: null },
  backlog: 0,
}

t.test('a host is kept from when it is first heard of, with its last report', async (t) => {
  const { hosts } = openStore(':memory:')
  hosts.meet('vpn2', T1)
  hosts.meet('vpn2', T2)
  hosts.report('vpn1', T1, REPORT)
  hosts.report('vpn1', T2, { ...REPORT, revision: 8 })
  t.same(hosts.names(), ['vpn1', 'vpn2'])
  t.match(hosts.list(), [
    { name: 'vpn1', firstSeenAt: T1, reportedAt: T2, report: { ...REPORT, revision: 8 } },
    { name: 'vpn2', firstSeenAt: T1, reportedAt: T1, report: null },
  ])
})

t.test('how far its events were taken is kept beside its reports', async (t) => {
  const { hosts } = openStore(':memory:')
  hosts.meet('vpn1', T1)
  hosts.take('vpn1', 'outbox', 12)
  hosts.report('vpn1', T2, REPORT)
  t.match(hosts.find('vpn1'), { outbox: 'outbox', nextEvent: 12, reportedAt: T2 })
})

t.test('one that is removed is gone', async (t) => {
  const { hosts } = openStore(':memory:')
  hosts.meet('vpn1', T1)
  t.ok(hosts.remove('vpn1'))
  t.notOk(hosts.remove('vpn1'))
  t.equal(hosts.find('vpn1'), undefined)
})

import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { HostReport } from '../domain/agent-feed.ts'
import { HostReporter } from './host-reporter.ts'
import { FakeChannel } from './testing/fake-channel.ts'
import { fakeLog } from './testing/fake-host.ts'

const REPORT: HostReport = {
  version: '1',
  startedAt: '2026-11-21T12:00:00Z',
  feed: null,
  revision: null,
  instances: [],
  routes: { wanted: 0, missing: 0, repairs: 0, fault: null, connected: false },
  backlog: 0,
}

t.test('how the host is is told at once, and after a change, but not each second', async (t) => {
  let revision = 1
  const channel = new FakeChannel(() => ({ status: 204, body: undefined }))
  const reporter = new HostReporter({ channel, host: 'vpn1', log: fakeLog(), report: () => ({ ...REPORT, revision }) })
  reporter.start()
  await pause(1200)
  t.equal(channel.asked.length, 1)
  t.match(channel.asked[0], { method: 'PUT', path: '/agent/hosts/vpn1', body: { revision: 1 } })
  revision = 2
  await pause(1000)
  t.match(channel.asked[1], { body: { revision: 2 } })
  channel.answer = () => ({ status: 500, body: undefined })
  revision = 3
  await pause(2000)
  t.ok(channel.asked.length >= 4, 'what was not taken is told again')
  reporter.stop()
})

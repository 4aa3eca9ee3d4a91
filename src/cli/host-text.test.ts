import t from 'tap'
import type { HostView } from '../http/session-views.ts'
import { hostFacts, hostTable } from './host-text.ts'

const instance = { instance: 0, connected: true, version: 'OpenVPN 2.6.14', generation: 'g', sessions: 3 }

const HOST: HostView = {
  name: 'vpn1',
  firstSeenAt: '2026-03-01T12:00:00Z',
  reportedAt: '2026-03-01T13:00:00Z',
  isReachable: true,
  version: '0.1.0',
  revision: 7,
  behind: 0,
  instances: [instance, { ...instance, instance: 1, connected: false, version: null, sessions: 0 }],
  routes: { connected: true, wanted: 5, missing: 1, repairs: 4, fault: 'no such device' },
  firewall: { state: 'in place' as const, gateways: 3, drift: 0, cut: 1, fault: null },
  backlog: 2,
}

const MET: HostView = {
  ...HOST,
  isReachable: false,
  version: null,
  revision: null,
  behind: null,
  instances: [],
  routes: null,
  firewall: null,
  backlog: 0,
}

t.test('a host is a line of as many words as there are columns', async (t) => {
  const [heading, line, met] = hostTable([HOST, MET]).split('\n')
  const words = (text = '') => text.split(/\s+/)
  t.equal(words(heading).length, 10)
  t.same(words(line), ['vpn1', 'yes', '2026-03-01T13:00:00Z', '0', '1/2', '3', '5', '1', '4', '2'])
  t.same(words(met), ['vpn1', 'no', '2026-03-01T13:00:00Z', '-', '0/0', '0', '-', '-', '-', '0'])
})

t.test('a host on its own tells its instances and its routes', async (t) => {
  t.equal(
    hostFacts(HOST),
    `name        vpn1
reachable   yes
first seen  2026-03-01T12:00:00Z
reported    2026-03-01T13:00:00Z
agent       0.1.0
revision    7, 0 behind
instance 0  connected, 3 sessions, OpenVPN 2.6.14
instance 1  NOT CONNECTED
routes      5 wanted, 1 missing
repairs     4
fault       no such device
firewall    in place, 3 gateways, 0 times put right, 1 connection cut
backlog     2 events
`,
  )
})

t.test('what is not known is a dash, or said in words', async (t) => {
  t.match(hostFacts(MET), /^revision +-\nroutes +-\nfirewall +-\nbacklog +0 events\n/m)
  const routes = { connected: false, wanted: 0, missing: 0, repairs: 0, fault: null }
  t.match(hostFacts({ ...HOST, routes }), /^routes +vpnunit apply can’t be asked\n/m)
  const unknown = { ...HOST, instances: [{ ...instance, version: null }] }
  t.match(hostFacts(unknown), /^instance 0 +connected, 3 sessions, version not known\n/m)
})

t.test('what an agent says never obeys the terminal', async (t) => {
  const bad = { ...HOST, version: '\u001b[2J', name: 'a\nb', instances: [{ ...instance, version: '\u009b' }] }
  for (const text of [hostTable([bad]), hostFacts(bad)]) t.notMatch(text.replaceAll('\n', ''), /\p{Cc}/u)
})

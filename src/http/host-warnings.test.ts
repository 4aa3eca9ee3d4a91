import t from 'tap'
import type { HostReport } from '../domain/agent-feed.ts'
import { reportHost } from '../provision/host-reports.ts'
import { wellReport } from '../testing/host-report.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { HOST_WARNING_CODES, hostWarnings } from './host-warnings.ts'

const after = (seconds: number) => new Date(Date.parse('2026-03-01T12:00:00Z') + seconds * 1000)

t.test('a host that is well, and no host at all, are nothing to warn of', async (t) => {
  const { unit } = await openTestUnit(t)
  t.same(hostWarnings(unit, after(1000)), [])
  await reportHost(unit, 'vpn1', wellReport(unit))
  t.same(hostWarnings(unit, after(60)), [])
})

t.test('host-silent: named, since when, and how to forget it; what it said last counts no more', async (t) => {
  const { unit } = await openTestUnit(t)
  const instances = [{ instance: 0, connected: false, version: null, generation: null, sessions: 0 }]
  await reportHost(unit, 'vpn1', wellReport(unit, { instances }))
  const warnings = hostWarnings(unit, after(61))
  t.same(
    warnings.map(({ code }) => code),
    ['host-silent'],
  )
  t.match(warnings[0]?.detail, 'The agent of the VPN host vpn1 has not reported since 2026-03-01T12:00:00Z')
  t.match(warnings[0]?.detail, 'vpnunit host remove vpn1 forgets it')
})

for (const [what, code, detail, other] of [
  [
    'an instance that the agent has no connection to',
    'instance-not-connected',
    'The agent of vpn1 has no connection to OpenVPN instance 1, 2:',
    {
      instances: [0, 1, 2].map((instance) => ({
        instance,
        connected: instance === 0,
        version: null,
        generation: null,
        sessions: 0,
      })),
    },
  ],
  [
    'routes that are not there',
    'routes-missing',
    'On vpn1 2 of 3 routes are not in the kernel’s table: no such device',
    { routes: { connected: true, wanted: 3, missing: 2, repairs: 9, fault: 'no such device' } },
  ],
  [
    'nobody who sets the routes',
    'routes-missing',
    "The agent of vpn1 can't ask the program that sets the routes",
    { routes: { connected: false, wanted: 0, missing: 0, repairs: 0, fault: null } },
  ],
  [
    'a table that the kernel does not take',
    'firewall-failing',
    'The firewall of vpn1 is not what the policy says: there is no nft command',
    {
      firewall: { state: 'failing', gateways: 0, drift: 0, cut: 0, fault: 'there is no nft command: install nftables' },
    },
  ],
] as const) {
  t.test(`${code}: ${what}`, async (t) => {
    const { unit } = await openTestUnit(t)
    await reportHost(unit, 'vpn1', wellReport(unit, other as unknown as Partial<HostReport>))
    const warnings = hostWarnings(unit, after(1))
    t.match(warnings, [{ code }])
    t.match(warnings[0]?.detail, detail)
    t.ok(HOST_WARNING_CODES.includes(code))
  })
}

t.test('a host that was met and has reported nothing yet is waited for', async (t) => {
  const { unit } = await openTestUnit(t)
  await unit.store.write(() => unit.store.hosts.meet('vpn1', after(0)))
  t.same(hostWarnings(unit, after(1)), [])
  t.match(hostWarnings(unit, after(61)), [{ code: 'host-silent' }])
})

import t from 'tap'
import { reportHost } from '../provision/host-reports.ts'
import { beginSession, wellReport } from '../testing/host-report.ts'
import { openTestCli } from './testing/cli.ts'

t.test('while no agent has reported, nothing says that a device is not connected', async (t) => {
  const { call, unit } = await openTestCli(t)
  await call('user add ada')
  const unknown = 'not known: no agent has reported (static mode)'
  t.match(await call('gateway add gw.example.org --user ada'), { exit: 0, out: `\nconnected       ${unknown}\n` })
  t.match(await call('gateway show gw.example.org'), { exit: 0, out: `\nconnected       ${unknown}\n` })
  t.match(await call('gateway enable gw.example.org'), { exit: 0, out: `\nconnected       ${unknown}\n` })
  t.match(await call('status'), { exit: 0, out: `\nsessions         ${unknown}\n` })
  t.match(await call('sessions'), { exit: 0, out: /^GATEWAY[^\n]*\n$/, err: `who is connected is ${unknown}\n` })
  t.match(await call('sessions --rules'), { exit: 0, err: `who is connected is ${unknown}\n` })
  t.match(await call('sessions --history'), { exit: 0, err: `who was connected is ${unknown}\n` })
  t.same(await call('sessions --json'), { exit: 0, out: '[]\n', err: '', bar: '' })

  await reportHost(unit, 'vpn1', wellReport(unit))
  t.match(await call('gateway show gw.example.org'), { exit: 0, out: '\nconnected       no, and never was\n' })
  t.match(await call('sessions'), { exit: 0, err: '' })
  t.match(await call('status'), { out: '\nsessions         0\n' })
  await beginSession(unit, { gateway: 'gw.example.org', cid: 1 })
  t.match(await call('gateway show gw.example.org'), { out: '\nconnected       on vpn1/0, since ' })
})

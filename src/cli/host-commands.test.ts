import t from 'tap'
import { wellReport } from '../testing/host-report.ts'
import { openTestCli } from './testing/cli.ts'

t.test('a host is listed, shown and forgotten', async (t) => {
  const { call, ask, unit } = await openTestCli(t)
  t.match((await call('host list')).out, /^NAME +REACHABLE +REPORTED [^\n]*\n$/)
  await ask('PUT', '/agent/hosts/vpn1.example.org', wellReport(unit))
  t.match(await call('host list'), {
    exit: 0,
    err: '',
    out: /\nvpn1\.example\.org +yes +2026[^ ]+ +0 +1\/1 +1 +3 +0 +0 +0\n$/,
  })
  t.match((await call('host show vpn1.example.org')).out, /^revision +2, 0 behind\ninstance 0 +connected, 1 session,/m)
  t.match((await call('status')).out, /^mode +managed$/m)
  t.same(await call('host remove vpn1.example.org'), { exit: 0, out: '', err: '', bar: '' })
  t.match((await call('host list')).out, /^NAME[^\n]*\n$/)
})

t.test('--json prints what the API answers, to the letter', async (t) => {
  const { call, ask, unit } = await openTestCli(t)
  await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
  t.equal((await call('host list --json')).out, `${(await ask('GET', '/hosts')).text}\n`)
  t.equal((await call('host show vpn1 --json')).out, `${(await ask('GET', '/hosts/vpn1')).text}\n`)
})

t.test('a host that is not known is refused, or no fault', async (t) => {
  const { call } = await openTestCli(t)
  for (const verb of ['show', 'remove']) {
    for (const name of ['vpn1', '../users', '\u001b[2J', 'vpn1?x=1']) {
      const { exit, out, err } = await call(`host ${verb} ${name}`)
      t.same({ exit, out }, { exit: 1, out: '' })
      t.match(err, 'There is no VPN host')
      t.notMatch(err.slice(0, -1), /\p{Cc}/u)
    }
  }
  t.same(await call('host remove vpn1 --if-present'), { exit: 0, out: '', err: '', bar: '' })
})

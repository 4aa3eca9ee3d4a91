import t from 'tap'
import type { StatusView } from '../http/status.ts'
import { openFakeService, openTestCli } from './testing/cli.ts'

t.test('the audit lists the newest first, as many as asked for', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  await call('user disable ada')
  const { exit, out } = await call('audit')
  t.equal(exit, 0)
  t.match(
    out,
    /^REVISION +AT +ACTOR +ACTION +OBJECT\n4 +2026-03-01T12:00:00Z {2}administrator \(socket\) {2}user\.\w+ +ada\n/,
  )
  t.equal((await call('audit --limit 1')).out.split('\n').length, 3)
  t.match((await call('audit --after 4 --limit 1')).out, /\n3 .* user\.create +ada\n$/)
  t.equal((await call('audit --json')).out, `${(await ask('GET', '/audit?limit=50')).text}\n`)
  t.match(await call('audit --limit 0'), { exit: 1, err: 'limit' })
  t.match(await call('audit --limit 20000'), { exit: 1, err: /limit must be 1 to 10000; 20000 is not/ })
  t.match(await call('audit --limit all'), { exit: 2, err: '--limit must be a whole number' })
})

t.test('the status tells the whole account', async (t) => {
  const { call, ask } = await openTestCli(t)
  await call('user add ada')
  const { exit, out } = await call('status')
  t.equal(exit, 0)
  for (const line of [
    /^mode +static$/m,
    /^sessions +not known: no agent has reported \(static mode\)$/m,
    /^site prefix +2001:470:c844::\/48$/m,
    /^users +1$/m,
    /^certificates +1 valid, 0 revoked$/m,
    /^authority ends +2036-02-29T12:00:00Z \(3652 days\)$/m,
    /^revocation list +number 1, 0 entries, until 2027-03-01T11:55:00Z$/m,
    /^files +as the database says$/m,
  ]) {
    t.match(out, line)
  }
  t.equal((await call('status --json')).out, `${(await ask('GET', '/status')).text}\n`)
})

t.test('the status tells what needs somebody, on one line each that obeys nobody', async (t) => {
  const { ask } = await openTestCli(t)
  const status = (await ask('GET', '/status')).body as StatusView
  const bad = {
    ...status,
    server: null,
    crl: null,
    publish: { pending: 2, failures: 1, fault: 'no room', failingSince: null },
    mode: 'managed',
    sessions: 3,
    hosts: [
      { name: 'vpn1', isReachable: true, revision: 5, behind: 1, sessions: 3, routesMissing: 2, repairs: 7 },
      {
        name: 'vpn2',
        isReachable: false,
        revision: null,
        behind: null,
        sessions: 0,
        routesMissing: null,
        repairs: null,
      },
    ],
    warnings: [{ code: 'publish-pending', detail: 'Files are behind\u001b[2J' }],
  }
  const { call } = await openFakeService(t, (_, response) => response.end(JSON.stringify(bad)))
  const { out } = await call('status')
  t.match(out, /^sessions +3$/m)
  t.match(out, /^host vpn1 +reachable, revision 5, 1 behind, 3 sessions, 2 routes missing, 7 repairs$/m)
  t.match(out, /^host vpn2 +NOT REACHABLE, no revision, 0 sessions, routes not known, 0 repairs$/m)
  t.match(out, /^server ends +-$/m)
  t.match(out, /^revocation list +-$/m)
  t.match(out, /^files +2 behind: no room$/m)
  t.match(out, '\nWARNING publish-pending: Files are behind\\u001b[2J\n')
})

import t, { type Test } from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { beginSession } from '../testing/host-report.ts'
import { openTestCli } from './testing/cli.ts'

const NAME = 'gw.example.org'

async function open(t: Test) {
  const opened = await openTestCli(t)
  await opened.call('user add ada')
  await opened.call(`gateway add ${NAME} --user ada`)
  return opened
}

t.test('who is connected is listed', async (t) => {
  const { call, unit, ask } = await open(t)
  t.match(await call('sessions'), { exit: 0, out: /^GATEWAY +USER +ADDRESS +[^\n]* +IN +OUT\n$/ })
  await beginSession(unit, { gateway: NAME, cid: 0 })
  t.match(
    (await call('sessions')).out,
    /\ngw\.example\.org +ada +2001:[^ ]+ +vpn1\/0 +\[2001:db8::7\]:40000 +2026[^ ]+ +0B +0B\n$/,
  )
  t.equal((await call('sessions --json')).out, `${(await ask('GET', '/sessions')).text}\n`)
  t.match(
    (await call(`gateway show ${NAME}`)).out,
    '\nconnected       on vpn1/0, since 2026-03-01T12:00:00Z\nfrom            [2001:db8::7]:40000\n',
  )
})

t.test('who was connected is listed by --history, in pages, of one gateway', async (t) => {
  const { call, unit, ask } = await open(t)
  for (const cid of [0, 1, 2]) await beginSession(unit, { gateway: NAME, cid })
  const ids = async (line: string) =>
    (await call(line)).out
      .split('\n')
      .slice(1, -1)
      .map((row) => Number(row.split(' ')[0]))
  t.same(await ids('sessions --history'), [3, 2, 1])
  t.same(await ids('sessions --history --limit 1'), [3])
  t.same(await ids(`sessions --history --limit 1 --after 3 --gateway ${NAME}`), [2])
  t.equal((await call('sessions --history --json')).out, `${(await ask('GET', '/sessions/history?limit=50')).text}\n`)
  t.match(await call('sessions --history --gateway no.example.org'), { exit: 1, err: 'There is no gateway' })
  t.match(await call('sessions --history --limit all'), { exit: 2, err: '--limit must be a whole number' })
})

t.test('what is of the history alone is refused without it, before anybody is asked', async (t) => {
  const { call } = await openTestCli(t)
  for (const option of ['gateway x', 'limit 1', 'after 1']) {
    t.match(await call(`sessions --${option}`), { exit: 2, out: '', err: 'with --history only; see vpnunit sessions' })
  }
})

t.test('watch tells what happened last, and what happens, until its seconds are over', async (t) => {
  const { call, unit } = await open(t)
  const watching = call('watch --last 1 --seconds 2')
  await new Promise((resolve) => setTimeout(resolve, 500))
  await beginSession(unit, { gateway: NAME, cid: 0 })
  const { exit, out, err } = await watching
  t.same({ exit, err }, { exit: 0, err: '' })
  const [first, second] = out.split('\n')
  t.match(
    first,
    /^2026-03-01T12:00:00Z {2}change +revision=4 {2}actor="administrator \(socket\)" {2}action=gateway\.create/,
  )
  t.match(second, /^2026-03-01T12:00:00Z {2}session-started {2}host=vpn1\/0 {2}gateway=gw\.example\.org/)
})

t.test('watch --json prints an object a line; a number that is none is refused', async (t) => {
  const { call, unit } = await open(t)
  unit.feed.events.add({ type: 'odd', at: '\u009b2J' })
  const { out } = await call('watch --json --last 2 --seconds 1')
  const lines = out.split('\n')
  t.match(JSON.parse(lines[0] ?? ''), { type: 'change', object: parseFqdn(NAME) })
  t.equal(lines[1], '{"type":"odd","at":"\\u009b2J"}')
  t.match(await call('watch --last x'), { exit: 2, err: '--last must be a whole number' })
  t.match(await call('watch --last 5000'), { exit: 1, err: 'last must be 0 to 1000; 5000 is not' })
})

import t, { type Test } from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { takeEvents } from '../provision/take-events.ts'
import { beginSession, wellReport } from '../testing/host-report.ts'
import type { Unit } from '../unit.ts'
import { openTestCli } from './testing/cli.ts'

const NAME = 'gw.example.org'
const AT = '2026-03-01T12:00:10Z'

async function open(t: Test) {
  const opened = await openTestCli(t)
  await opened.call('user add ada')
  await opened.call(`gateway add ${NAME} --user ada`)
  return opened
}

/** Answers the next order as the agent of vpn1 would, whose outbox is one event further with each. */
async function answerOrder({ feed, ...unit }: Unit, order: number, first: number): Promise<void> {
  while (feed.orders.last() < order) await new Promise((resolve) => setTimeout(resolve, 5))
  const instances = [{ instance: 0, found: 1, ended: 1, left: 0 }]
  const done = { type: 'order-done', at: AT, feed: feed.id, order, instances, notAsked: [] as number[] } as const
  await takeEvents({ feed, ...unit }, { host: 'vpn1', outbox: 'one', first, events: [done] })
}

const ENDED = /\nsessions +1 ended\non vpn1\/0 +found 1, ended 1, left 0\nnot reached +vpn2\n/

async function openWithHosts(t: Test) {
  const opened = await open(t)
  const { unit, ask } = opened
  await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
  await unit.store.write(() => unit.store.hosts.report('vpn2', unit.now(), wellReport(unit)))
  await beginSession(unit, { gateway: NAME, cid: 0 })
  return opened
}

t.test('a disconnection prints what was found and ended, and who was not reached', async (t) => {
  const { call, unit } = await openWithHosts(t)
  const answered = answerOrder(unit, 1, 1)
  const { exit, out, err } = await call(`gateway disconnect ${NAME}`)
  await answered
  t.same({ exit, err }, { exit: 1, err: 'a session may be left\n' }, 'vpn2 was not asked')
  t.match(`\n${out}`, ENDED)
})

t.test('where nothing is left, a disconnection is done', async (t) => {
  const { call, unit, ask } = await open(t)
  await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
  const answered = answerOrder(unit, 1, 0)
  t.match(await call(`gateway disconnect ${NAME}`), { exit: 0, err: '' })
  await answered
})

t.test('a renewal that revokes prints what, what became of the sessions, and what is to be done', async (t) => {
  const { call, unit } = await openWithHosts(t)
  const { serial } = unit.store.gateways.find(parseFqdn(NAME)) ?? {}
  const answered = answerOrder(unit, 1, 1)
  const { out } = await call(`gateway renew ${NAME} --force --old revoke`)
  await answered
  t.match(out, `revoked         ${serial}\n`)
  t.match(out, ENDED)
  t.match(out, `vpnunit gateway config ${NAME} --output`)
})

t.test('disabling and removing print the same', async (t) => {
  const { call, unit } = await openWithHosts(t)
  for (const [index, line] of [`gateway disable ${NAME}`, 'user disable ada', `gateway remove ${NAME}`].entries()) {
    const answered = answerOrder(unit, index + 1, index + 1)
    const { exit, out } = await call(line)
    await answered
    t.equal(exit, 0)
    t.match(out, ENDED, line)
  }
})

t.test('where there is no agent a disconnection says that nothing came of it', async (t) => {
  const { call, ask } = await open(t)
  t.match(await call(`gateway disconnect ${NAME}`), { exit: 1, out: 'sessions  there is no agent that could end one' })
  const { out } = await call(`gateway disconnect ${NAME} --json`)
  t.equal(out, `${(await ask('POST', `/gateway/${NAME}/disconnect`)).text}\n`)
  t.match(await call('gateway disconnect no.example.org'), { exit: 1, err: 'There is no gateway' })
})

t.test('traffic is listed by day, exact with --json', async (t) => {
  const { call, unit } = await open(t)
  await beginSession(unit, { gateway: NAME, cid: 0 })
  const key = { instance: 0, generation: 'one', cid: 0 }
  const event = { type: 'traffic', at: AT, bytesIn: 1500, bytesOut: 3 * 1024 ** 2, ...key } as const
  await takeEvents(unit, { host: 'vpn1', outbox: 'one', first: 1, events: [event] })
  const line = `gateway traffic ${NAME}`
  t.match(await call(line), { exit: 0, out: 'DAY         IN      OUT\n2026-03-01  1.5KiB  3.0MiB\n' })
  t.same(JSON.parse((await call(`${line} --json`)).out), [{ day: '2026-03-01', bytesIn: 1500, bytesOut: 3145728 }])
  t.equal((await call(`${line} --from 2026-03-02`)).out, 'DAY  IN  OUT\n')
  t.match((await call(`${line} --from 2026-02-01 --to 2026-03-01`)).out, '\n2026-03-01 ')
  t.match(await call(`${line} --to 2026-02-30`), { exit: 1, err: 'must be a day such as 2027-01-31' })
})

import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { openTestApp } from '../testing/test-unit.ts'

const PATHS = ['/gateway/gw.example.org', '/gateways/gw.example.org']

async function openWithGateway(t: Parameters<typeof openTestApp>[0]) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  await app.ask('POST', '/gateways', { name: 'gw.example.org', user: 'ada' })
  return app
}

t.test('traffic is told by day, of the last 31 days or of those that are asked for', async (t) => {
  const { ask, unit } = await openWithGateway(t)
  for (const day of ['2026-01-28', '2026-01-29', '2026-03-01']) {
    unit.store.traffic.add(parseFqdn('gw.example.org'), day, { bytesIn: 1, bytesOut: 2 })
  }
  for (const path of PATHS) {
    const days = async (query: string) =>
      ((await ask('GET', `${path}/traffic${query}`)).body as { day: string }[]).map(({ day }) => day)
    t.strictSame(await days(''), ['2026-01-30', '2026-03-01'].slice(1))
    t.strictSame(await days('?from=2026-01-29'), ['2026-01-29', '2026-03-01'])
    t.strictSame(await days('?from=2026-01-01&to=2026-01-28'), ['2026-01-28'])
    t.strictSame(await days('?to=2026-02-28'), ['2026-01-29'])
  }
})

t.test('a day that no calendar has is refused', async (t) => {
  const { ask } = await openWithGateway(t)
  for (const query of ['from=2026-02-30', 'to=2026-13-01', 'from=yesterday', 'from=2026-1-1']) {
    t.match((await ask('GET', `${PATHS[0]}/traffic?${query}`)).body, { type: '/problems/bad-request' }, query)
  }
  t.match((await ask('GET', '/gateway/no.example.org/traffic')).body, { type: '/problems/gateway-unknown' })
})

t.test('a disconnect answers what was found, and where no host is, nothing', async (t) => {
  const { ask, unit } = await openWithGateway(t)
  for (const path of PATHS) {
    const { status, body } = await ask('POST', `${path}/disconnect`)
    t.equal(status, 200)
    t.strictSame(body, { sessionsEnded: 0, instances: [], notReached: [] })
  }
  unit.store.hosts.meet('vpn1', unit.now())
  t.match((await ask('POST', `${PATHS[0]}/disconnect`)).body, { notReached: ['vpn1'] })
  t.match((await ask('POST', '/gateway/no.example.org/disconnect')).body, { type: '/problems/gateway-unknown' })
})

import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { forgetHistory } from './forget-history.ts'

const NAME = parseFqdn('gw.example.org')
const KEY = { host: 'vpn1', instance: 0, generation: '77.1', cid: 1 }

t.test('what is older than VPNUNIT_SESSION_DAYS is forgotten, looked at once an hour', async (t) => {
  const { unit, clock } = await openTestUnit(t, { VPNUNIT_SESSION_DAYS: '30' })
  unit.store.sessions.insert({
    ...KEY,
    gateway: NAME,
    user: parseUserName('ada'),
    number: 2,
    slot: 0,
    serial: null,
    realAddress: '192.0.2.1:1',
    startedAt: unit.now(),
  })
  unit.store.sessions.end(KEY, unit.now(), 'left')
  unit.store.traffic.add(NAME, '2026-03-01', { bytesIn: 1, bytesOut: 1 })
  t.notOk(await forgetHistory(unit))
  clock.advanceDays(30)
  t.notOk(await forgetHistory(unit), 'not yet older')
  clock.set(new Date(unit.now().getTime() + 1000))
  t.notOk(await forgetHistory(unit), 'it has just looked')
  clock.advanceDays(1)
  t.ok(await forgetHistory(unit))
  t.same(unit.store.sessions.history(99, -1), [])
  t.same(unit.store.traffic.list(NAME, '2026-01-01', '2026-12-31'), [])
})

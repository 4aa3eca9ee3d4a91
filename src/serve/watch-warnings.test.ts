import t from 'tap'
import { until } from '../agent/testing/until.ts'
import { wellReport } from '../testing/host-report.ts'
import { openTestApp } from '../testing/test-unit.ts'
import { watchWarnings } from './watch-warnings.ts'

t.test('a warning is told when it begins and when it has ended, each once', async (t) => {
  const { unit, ask, clock } = await openTestApp(t)
  const told: unknown[] = []
  unit.feed.events.subscribe(({ event }) => {
    if (event.type.startsWith('warning-')) told.push([event.type, event.code, String(event.detail).includes('vpn1')])
  })
  const stop = watchWarnings(unit, 5)
  t.teardown(stop)
  await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
  t.same(told, [])
  clock.advanceDays(1)
  await until('the host is silent', () => told.length > 0)
  await ask('PUT', '/agent/hosts/vpn1', wellReport(unit))
  await until('it is back', () => told.length > 1)
  t.same(told, [
    ['warning-began', 'host-silent', true],
    ['warning-ended', 'host-silent', true],
  ])
  stop()
  clock.advanceDays(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(told.length, 2)
})

t.test('what is so at the start is told, too', async (t) => {
  const { unit, clock } = await openTestApp(t)
  clock.advanceDays(3600)
  watchWarnings(unit)()
  t.match(unit.feed.events.since(0).at(-1), { event: { type: 'warning-began', code: 'authority-ending' } })
})

import t from 'tap'
import { until } from '../agent/testing/until.ts'
import { wellReport } from '../testing/host-report.ts'
import { openTestApp } from '../testing/test-unit.ts'
import { watchWarnings } from './watch-warnings.ts'

const ROUTES = { connected: true, wanted: 12, missing: 0, repairs: 0, fault: null }

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

t.test('a number that changes in a warning is no end of it, and a fault here none of the service', async (t) => {
  const { unit, ask, logged } = await openTestApp(t)
  const told: string[] = []
  unit.feed.events.subscribe(({ event }) => void told.push(event.type))
  const missing = (count: number) =>
    ask('PUT', '/agent/hosts/vpn1', wellReport(unit, { routes: { ...ROUTES, missing: count } }))
  await missing(3)
  const stop = watchWarnings(unit, 5)
  t.teardown(stop)
  await missing(2)
  const { list } = unit.store.hosts
  unit.store.hosts.list = () => {
    throw new Error('the disk is gone')
  }
  await until('it is logged', () => logged.some(({ msg }) => /could not look for warnings/.test(String(msg))))
  unit.store.hosts.list = list
  await missing(0)
  await until('it has ended', () => told.includes('warning-ended'))
  t.same(
    told.filter((type) => type.startsWith('warning-')),
    ['warning-began', 'warning-ended'],
  )
})

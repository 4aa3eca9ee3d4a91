import t from 'tap'
import { DAY_MS } from '../domain/lifetime.ts'
import { checkLives } from './check-lives.ts'
import { codesOf, openInstallation } from './testing/installation.ts'

t.test('authority and server are warned of before they end, and are a problem afterwards', async (t) => {
  const { unit, site, clock } = await openInstallation(t)
  const inDays = (days: number) =>
    codesOf(checkLives(unit.store, site(), new Date(clock.now().getTime() + days * DAY_MS)))
  t.same(inDays(0), [])
  t.same(inDays(3652 - 365), [])
  t.same(inDays(3652 - 364), ['warning authority-ending'])
  t.same(inDays(3652 - 59), ['warning authority-ending', 'warning server-certificate-ending'])
  t.same(inDays(3652), ['problem authority-ended', 'problem server-certificate-ended'])
})

t.test('a warning says when, and in how many days', async (t) => {
  const { unit, site } = await openInstallation(t)
  const [authority] = checkLives(unit.store, site(), new Date('2036-02-19T12:00:00Z'))
  t.match(authority?.detail, 'every certificate, ends 2036-02-29T12:00:00Z, in 10 days')
})

t.test('a server without a certificate is a problem', async (t) => {
  const { unit, site, clock } = await openInstallation(t)
  const { serial = '' } = unit.store.certificates.findServer() ?? {}
  await unit.store.write(() => unit.store.certificates.supersede(serial, clock.now()))
  t.same(codesOf(checkLives(unit.store, site(), clock.now())), ['problem server-certificate-missing'])
})

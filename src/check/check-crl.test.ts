import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { DAY_MS } from '../domain/lifetime.ts'
import { parseFqdn } from '../domain/names.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { checkCrl } from './check-crl.ts'
import { codesOf, type Installation, openInstallation } from './testing/installation.ts'

const CALLER = { actor: 'a test', requestId: 'r' }

function look({ layout, unit, site, clock }: Installation, days = 0) {
  return checkCrl(layout, unit.store, site(), new Date(clock.now().getTime() + days * DAY_MS))
}

t.test('the list as a start makes it is right for most of its life', async (t) => {
  const one = await openInstallation(t)
  t.match(look(one), [
    { level: 'ok', code: 'crl', detail: 'revocation list 2 names all 1 that are revoked, until 2027-03-01' },
  ])
  t.same(codesOf(look(one, 270)), [])
  t.same(codesOf(look(one, 280)), ['warning crl-ending'])
  t.same(codesOf(look(one, 366)), ['problem crl-ended'])
  t.same(codesOf(look(one, -1)), ['problem crl-of-the-future'])
})

t.test('a list that is missing, damaged or of another authority is a problem', async (t) => {
  const one = await openInstallation(t)
  const other = await openInstallation(t)
  copyFileSync(other.layout.crl, one.layout.crl)
  t.match(look(one), [
    { code: 'crl-unusable', detail: /it is of another authority \(the authority is vpnunit CA [0-9a-f]{8}\)/ },
  ])
  writeFileSync(one.layout.crl, '<html>log in</html>')
  t.match(look(one), [{ code: 'crl-unusable' }])
  rmSync(one.layout.crl)
  t.match(look(one), [{ code: 'crl-missing', detail: `there is no ${one.layout.crl}: OpenVPN won't start` }])
})

t.test('a list that lets a revoked certificate in is a problem', async (t) => {
  const one = await openInstallation(t)
  const before = `${one.folder}/before.pem`
  copyFileSync(one.layout.crl, before)
  await deleteGateway(one.unit, CALLER, parseFqdn('a.example.org'), () => undefined)
  t.same(codesOf(look(one)), [])
  copyFileSync(before, one.layout.crl)
  t.match(look(one), [
    { level: 'problem', code: 'crl-behind', detail: /does not name 1 revoked certificates, such as [0-9a-f]{32}: / },
  ])
})

t.test('a list that is older though it names everybody is behind, one that is newer was restored beside', async (t) => {
  const one = await openInstallation(t)
  await one.unit.store.write(() => one.unit.store.site.raiseCrlNumber(6))
  t.match(look(one), [{ code: 'crl-behind', detail: 'is number 2, and 7 was made' }])
  const site = { ...one.site(), crlNumber: 1 }
  t.match(checkCrl(one.layout, one.unit.store, site, one.clock.now()), [{ level: 'note', code: 'crl-ahead' }])
})

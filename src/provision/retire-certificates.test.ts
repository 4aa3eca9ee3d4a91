import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { renewGateway } from './renew-gateway.ts'
import { retireCertificates } from './retire-certificates.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseFqdn('gw.example.org')
const any = () => undefined

/** A gateway that was renewed, with the former certificate kept or to be retired. */
async function renewed(t: Test, old: 'keep' | 'retire') {
  const { unit } = await openTestUnit(t)
  unit.store.hosts.meet('vpn1', unit.now())
  await createUser(unit, CALLER, { name: parseUserName('ada') })
  const key = { keyType: 'ec-p256' } as const
  const first = await createGateway(unit, CALLER, { name: NAME, user: parseUserName('ada'), key })
  const { gateway: second } = await renewGateway(unit, CALLER, NAME, { force: true, old }, any)
  return { unit, first: first.serial, second: second.serial }
}

t.test('the use of the new certificate revokes the one that was to be retired, once', async (t) => {
  const { unit, first, second } = await renewed(t, 'retire')
  t.same(await retireCertificates(unit, NAME, second), [first])
  t.match(unit.store.certificates.find(first), { revocationReason: 'superseded' })
  t.match(unit.publisher.readCrl(), { serials: [first] })
  const revision = unit.store.site.revision()
  t.same(await retireCertificates(unit, NAME, second), [])
  t.equal(unit.store.site.revision(), revision)
})

t.test('nothing is revoked by the use of the former one, of a stranger, or where it was kept', async (t) => {
  const { unit, first } = await renewed(t, 'retire')
  t.same(await retireCertificates(unit, NAME, first), [])
  t.same(await retireCertificates(unit, NAME, '0'.repeat(32)), [])
  t.same(await retireCertificates(unit, parseFqdn('no.example.org'), first), [])
  const kept = await renewed(t, 'keep')
  t.same(await retireCertificates(kept.unit, NAME, kept.second), [])
})

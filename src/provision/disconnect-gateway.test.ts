import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { disconnectGateway } from './disconnect-gateway.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseFqdn('gw.example.org')
const any = () => undefined

t.test('hosts are asked to end its sessions, and the audit says what came of it', async (t) => {
  const { unit } = await openTestUnit(t)
  await createUser(unit, CALLER, { name: parseUserName('ada') })
  await createGateway(unit, CALLER, { name: NAME, user: parseUserName('ada'), key: { keyType: 'ec-p256' } })
  for (const host of ['vpn1', 'vpn2']) unit.store.hosts.meet(host, unit.now())
  unit.feed.presence.seen('vpn1')
  const receipt = disconnectGateway(unit, CALLER, NAME, any)
  t.same(unit.feed.orders.since('vpn1', 0), [{ number: 1, kind: 'disconnect', gateways: [NAME] }])
  unit.feed.orders.answer('vpn1', 1, { instances: [{ instance: 0, found: 1, ended: 1, left: 0 }], notAsked: [] })
  t.match(await receipt, { instances: [{ host: 'vpn1', ended: 1 }], notReached: ['vpn2'] })
  const detail = { sessionsEnded: 1, notReached: ['vpn2'] }
  t.match(unit.store.audit.list(99, 1), [{ ...CALLER, action: 'gateway.disconnect', object: NAME, detail }])
})

t.test('a gateway that is not there, or not as the caller saw it, is refused before anybody is asked', async (t) => {
  const { unit } = await openTestUnit(t)
  await t.rejects(disconnectGateway(unit, CALLER, NAME, any), { code: 'gateway-unknown' })
  await createUser(unit, CALLER, { name: parseUserName('ada') })
  await createGateway(unit, CALLER, { name: NAME, user: parseUserName('ada'), key: { keyType: 'ec-p256' } })
  const refuse = () => {
    throw new Problem('precondition-failed', 'another')
  }
  await t.rejects(disconnectGateway(unit, CALLER, NAME, refuse), { code: 'precondition-failed' })
  t.equal(unit.feed.orders.last(), 0)
})

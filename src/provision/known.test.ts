import t from 'tap'
import { parseFqdn, parseGroupName, parseTokenName, parseUserName } from '../domain/names.ts'
import { group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createToken } from './create-token.ts'
import { createUser } from './create-user.ts'
import { knownGateway, knownGroup, knownMember, knownPeer, knownToken, knownUser } from './known.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }

t.test('who is known is given, and who is not is refused by name', async (t) => {
  const { unit } = await openTestUnit(t)
  const [ada, gw] = [parseUserName('ada'), parseFqdn('gw.example.org')]
  t.throws(() => knownUser(unit, ada), { code: 'user-unknown', message: '"ada"', extras: { user: 'ada' } })
  t.throws(() => knownGateway(unit, gw), { code: 'gateway-unknown', extras: { gateway: 'gw.example.org' } })
  const token = parseTokenName('prometheus')
  t.throws(() => knownToken(unit, token), { code: 'token-unknown', message: '"prometheus"' })
  await createUser(unit, CALLER, { name: ada })
  await createGateway(unit, CALLER, { name: gw, user: ada, key: { keyType: 'ec-p256' } })
  t.match(knownUser(unit, ada), { number: 2, gateways: 1 })
  t.match(knownGateway(unit, gw), { user: 'ada', slot: 0 })
  await createToken(unit, CALLER, { name: token, scope: 'read' })
  t.match(knownToken(unit, token), { scope: 'read' })
})

t.test('groups, members and whom a rule names are known, or refused by name', async (t) => {
  const { unit } = await openPolicyUnit(t)
  t.match(knownGroup(unit, group('ops')), { members: 1 })
  t.throws(() => knownGroup(unit, parseGroupName('nobody')), { code: 'group-unknown', message: '"nobody"' })
  t.same(knownMember(unit, member('user:ada')), { userNumber: 2 })
  t.throws(() => knownMember(unit, member('gateway:x.example.org')), { code: 'gateway-unknown' })
  const none = { peerGateway: null, peerUser: null }
  t.same(
    knownPeer(unit, { kind: 'group', name: group('ops') }, () => true),
    none,
  )
  t.throws(() => knownPeer(unit, { kind: 'group', name: group('ops') }, () => false), { code: 'group-unknown' })
  t.same(
    knownPeer(unit, { kind: 'host' }, () => true),
    none,
  )
  t.same(
    knownPeer(unit, member('user:bob'), () => true),
    { ...none, peerUser: 3 },
  )
  t.match(
    knownPeer(unit, member('gateway:a.example.org'), () => true),
    { peerUser: null, peerGateway: Number },
  )
})

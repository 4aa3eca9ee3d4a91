import t from 'tap'
import { parseUserName } from '../domain/names.ts'
import { formatPeer } from '../domain/policy/peer.ts'
import { any, CALLER, gateway, giveRules, group, lastAudit, openPolicyUnit } from '../testing/policy-unit.ts'
import { deleteGateway } from './delete-gateway.ts'
import { deleteUser } from './delete-user.ts'

t.test(
  'with a gateway go its memberships and the rules and tests that name it, and the audit says which',
  async (t) => {
    const opened = await openPolicyUnit(t)
    const { unit } = opened
    const c = 'gateway:c.example.org'
    await giveRules(opened, 'ops', `allow from ${c}`, 'allow from user:bob', `deny to ${c} tcp 22`, 'allow to host')
    const test = { name: 'x', from: c, to: 'any', protocol: 'udp', expect: 'allow' } as const
    const other = { name: 'y', from: 'any', to: 'host', protocol: 'tcp', port: 1, expect: 'allow' } as const
    await unit.store.write(() => unit.store.policyTests.replace([test, other]))
    await deleteGateway(unit, CALLER, gateway('c'), any)
    t.same(
      unit.store.rules.list(group('ops')).map(({ peer }) => formatPeer(peer)),
      ['user:bob', 'host'],
    )
    t.same(unit.store.members.list(group('dev')), [])
    t.same(unit.store.policyTests.list(), [other])
    t.match(lastAudit(opened), {
      action: 'gateway.delete',
      detail: {
        rulesRemoved: [
          { group: 'ops', position: 1, rule: { peer: c } },
          { group: 'ops', position: 3, rule: { action: 'deny', ports: ['22'] } },
        ],
        testsRemoved: ['x'],
      },
    })
  },
)

t.test('a user likewise, and where nothing names it the audit says nothing of it', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from user:eve')
  await deleteUser(opened.unit, CALLER, parseUserName('eve'), any)
  t.same(opened.unit.store.rules.list(group('ops')), [])
  t.match(lastAudit(opened), { action: 'user.delete', detail: { rulesRemoved: [{ group: 'ops', position: 1 }] } })
  await deleteGateway(opened.unit, CALLER, gateway('b'), any)
  t.same(Object.keys(lastAudit(opened)?.detail ?? {}), ['user', 'slot', 'revokedSerials'])
})

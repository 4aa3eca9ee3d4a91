import t from 'tap'
import { formatPeer } from '../domain/policy/peer.ts'
import { any, CALLER, giveRules, group, lastAudit, openPolicyUnit } from '../testing/policy-unit.ts'
import { removeRule } from './remove-rule.ts'

t.test('a rule goes, those behind it move up, and there is no hole', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from user:ada', 'allow from user:bob', 'allow from host')
  await giveRules(opened, 'dev', 'allow from any')
  const remove = async (position: number) => {
    const rules = await removeRule(opened.unit, CALLER, group('ops'), position, any)
    t.same(opened.unit.store.rules.list(group('ops')), rules)
    return rules.map((one) => formatPeer(one.peer))
  }
  t.same(await remove(2), ['user:ada', 'host'])
  t.match(lastAudit(opened), {
    action: 'rule.remove',
    object: 'ops',
    detail: { position: 2, rule: { peer: 'user:bob' } },
  })
  await t.rejects(remove(3), { code: 'rule-unknown', message: 'no rule 3: it has 2, counted from 1' })
  t.same(await remove(2), ['user:ada'])
  t.same(await remove(1), [])
  await t.rejects(remove(1), { code: 'rule-unknown', message: 'it has none' })
  t.equal(opened.unit.store.rules.list(group('dev')).length, 1, 'those of another group stay')
})

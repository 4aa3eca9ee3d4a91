import t from 'tap'
import { formatPeer } from '../domain/policy/peer.ts'
import { any, CALLER, giveRules, group, lastAudit, openPolicyUnit, rule } from '../testing/policy-unit.ts'
import { addRule } from './add-rule.ts'

t.test('a rule comes to the end, or before the one at a position', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from user:ada', 'allow from user:bob')
  const add = async (peer: string, position?: number) => {
    const rules = await addRule(opened.unit, CALLER, group('ops'), rule(`deny to ${peer}`), position, any)
    t.same(opened.unit.store.rules.list(group('ops')), rules)
    return rules.map((one) => formatPeer(one.peer))
  }
  t.same(await add('host'), ['user:ada', 'user:bob', 'host'])
  t.same(await add('any', 1), ['any', 'user:ada', 'user:bob', 'host'])
  t.same(await add('internet', 4), ['any', 'user:ada', 'user:bob', 'internet', 'host'])
  t.same(await add('user:eve', 6), ['any', 'user:ada', 'user:bob', 'internet', 'host', 'user:eve'])
  t.match(lastAudit(opened), { action: 'rule.add', object: 'ops', detail: { position: 6, rule: { peer: 'user:eve' } } })
  await t.rejects(add('any', 8), { code: 'rule-unknown', message: 'no rule 8: it has 6, counted from 1' })
  await t.rejects(add('user:nobody'), { code: 'user-unknown' })
  for (const position of [undefined, 1]) {
    await t.rejects(add('host', position), {
      code: 'bad-rule',
      message: 'The group ops has this rule already, at position 5.',
    })
  }
})

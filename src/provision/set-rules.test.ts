import t from 'tap'
import { any, CALLER, giveRules, group, lastAudit, openPolicyUnit, rule } from '../testing/policy-unit.ts'
import { RULES_MAX, setRules } from './set-rules.ts'

t.test('rules are kept in their order, with whom they name', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  const peers = [
    'any',
    'internet',
    'host',
    '2001:db8::/32',
    'gateway:a.example.org',
    'user:eve',
    'group:ops',
    'group:dev',
  ]
  const rules = peers.map((peer) => rule(`deny both ${peer} tcp 22 8000-8100`))
  t.same(await setRules(unit, CALLER, group('ops'), rules, any), rules)
  t.same(unit.store.rules.list(group('ops')), rules)
  t.match(lastAudit(opened), { action: 'rules.set', object: 'ops', detail: { before: 0, rules: 8 } })
  await giveRules(opened, 'ops', 'allow from any')
  t.same(unit.store.rules.list(group('ops')), [rule('allow from any')], 'those of before are gone')
})

t.test('names that nobody has are refused, and nothing is changed', async (t) => {
  const opened = await openPolicyUnit(t)
  await giveRules(opened, 'ops', 'allow from any')
  const set = (words: string, name = 'ops') =>
    setRules(opened.unit, CALLER, group(name), [rule('deny to any'), rule(words)], any)
  await t.rejects(set('allow from user:nobody'), { code: 'user-unknown' })
  await t.rejects(set('allow from gateway:x.example.org'), { code: 'gateway-unknown' })
  await t.rejects(set('allow from group:nobody'), { code: 'group-unknown' })
  await t.rejects(set('allow from any', 'nobody'), { code: 'group-unknown' })
  t.same(opened.unit.store.rules.list(group('ops')), [rule('allow from any')])
})

t.test('there is a most that a group holds', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const many = Array.from({ length: RULES_MAX }, () => rule('deny to any'))
  t.equal((await setRules(unit, CALLER, group('ops'), many, any)).length, RULES_MAX)
  await t.rejects(setRules(unit, CALLER, group('ops'), [...many, rule('deny to any')], any), { code: 'bad-request' })
})

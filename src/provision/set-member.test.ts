import t from 'tap'
import { Problem } from '../domain/problem.ts'
import { any, CALLER, group, lastAudit, member, openPolicyUnit, touchedSince } from '../testing/policy-unit.ts'
import { setMember } from './set-member.ts'

t.test('a user brings all its gateways, and agents are told of each', async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  const revision = unit.store.site.revision()
  await setMember(unit, CALLER, group('dev'), member('user:ada'), true, any)
  t.same(touchedSince(opened, revision), ['a.example.org', 'b.example.org'])
  t.match(lastAudit(opened), { action: 'member.add', object: 'dev', detail: { member: 'user:ada' } })
  t.same(unit.store.members.groupsOf('a.example.org' as never), ['dev', 'ops'])
  await setMember(unit, CALLER, group('dev'), member('user:ada'), false, any)
  t.match(lastAudit(opened), { action: 'member.remove', object: 'dev' })
  t.same(unit.store.members.groupsOf('a.example.org' as never), ['ops'])
})

t.test('what is so already is no change', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const revision = unit.store.site.revision()
  await setMember(unit, CALLER, group('ops'), member('user:ada'), true, any)
  await setMember(unit, CALLER, group('ops'), member('gateway:c.example.org'), false, any)
  t.equal(unit.store.site.revision(), revision)
})

t.test('who is not there, or a list that the caller saw otherwise, is refused', async (t) => {
  const { unit } = await openPolicyUnit(t)
  const put = (name: string, text: string, expect = any) =>
    setMember(unit, CALLER, group(name), member(text), true, expect)
  await t.rejects(put('nobody', 'user:ada'), { code: 'group-unknown' })
  await t.rejects(put('ops', 'user:nobody'), { code: 'user-unknown', extras: { user: 'nobody' } })
  await t.rejects(put('ops', 'gateway:x.example.org'), { code: 'gateway-unknown' })
  const refuse = () => {
    throw new Problem('precondition-failed', 'no')
  }
  await t.rejects(put('ops', 'user:bob', refuse), { code: 'precondition-failed' })
  t.same(unit.store.members.list(group('ops')), [{ kind: 'user', name: 'ada' }])
})

import { appendFileSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parseUserName } from '../domain/names.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createUser } from '../provision/create-user.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { deleteGroup } from '../provision/delete-group.ts'
import { setDefaultPolicy } from '../provision/set-default-policy.ts'
import { setGatewayDisabled } from '../provision/set-gateway-disabled.ts'
import { setMember } from '../provision/set-member.ts'
import { setUserDisabled } from '../provision/set-user-disabled.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { isSameRuleset } from '../render/ruleset-settled.ts'
import { any, CALLER, gateway, giveRules, group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { readStaticRuleset } from './static-ruleset.ts'

/** Its file, and the changes of it. */
async function open(t: Test) {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  const { ruleset } = unit.layout
  const text = () => readFileSync(ruleset, 'utf8')
  const wanted = () => renderRuleset(readStaticRuleset(unit.store, unit.config).input)
  return {
    ...opened,
    ruleset,
    text,
    wanted,
    /** How often it was written whole by `act`, after which it must mean what the rows say. */
    after: async (t: Test, act: () => Promise<unknown>) => {
      const { ino } = statSync(ruleset)
      await act()
      t.ok(isSameRuleset(text(), wanted()), 'it means what the rows say')
      t.match(text(), /\n$/)
      return statSync(ruleset).ino === ino ? 'grown' : 'whole'
    },
    create: (name: string, user = 'bob') =>
      createGateway(unit, CALLER, {
        name: gateway(name),
        user: parseUserName(user),
        key: { keyType: 'ec-p256' },
      }),
    join: (name: string, who: string, isWanted = true) =>
      setMember(unit, CALLER, group(name), member(who), isWanted, any),
  }
}

t.test('gateways that come, go, are disabled or change their groups are appended', async (t) => {
  const opened = await open(t)
  const { unit, after, create, join } = opened
  await giveRules(opened, 'ops', 'allow from group:dev tcp 22')
  const grows = async (act: () => Promise<unknown>) => t.equal(await after(t, act), 'grown')
  await grows(() => create('d'))
  await grows(() => join('dev', 'user:bob'))
  await grows(() => join('dev', 'gateway:a.example.org'))
  await grows(() => create('e', 'ada'))
  await grows(() => setGatewayDisabled(unit, CALLER, gateway('a'), true, any))
  await grows(() => setUserDisabled(unit, CALLER, parseUserName('ada'), true, any))
  await grows(() => setUserDisabled(unit, CALLER, parseUserName('ada'), false, any))
  await grows(() => setGatewayDisabled(unit, CALLER, gateway('a'), false, any))
  await grows(() => join('dev', 'user:bob', false))
  await grows(() => deleteGateway(unit, CALLER, gateway('a'), any))
  await grows(() => create('a', 'eve'))
  t.match(opened.text(), /\n}\n(add|delete) element/)
})

t.test('another policy writes it whole', async (t) => {
  const opened = await open(t)
  const { unit, after, create } = opened
  t.equal(await after(t, () => giveRules(opened, 'ops', 'deny from internet')), 'whole')
  await create('d')
  t.equal(await after(t, () => setDefaultPolicy(unit, CALLER, 'closed', any)), 'whole')
  t.equal(opened.text(), opened.wanted(), 'nothing stands behind it any more')
  t.equal(await after(t, () => deleteGroup(unit, CALLER, group('dev'), any)), 'whole')
  await giveRules(opened, 'ops', 'allow to gateway:c.example.org')
  t.equal(await after(t, () => deleteGateway(unit, CALLER, gateway('c'), any)), 'whole', 'the rule went with it')
})

t.test('a user whom a rule names and who gets or loses the only gateway writes it whole', async (t) => {
  const opened = await open(t)
  const { unit, after, create } = opened
  await giveRules(opened, 'ops', 'allow to user:eve', 'allow to user:bob')
  t.equal(await after(t, () => create('d', 'eve')), 'whole')
  t.equal(await after(t, () => create('e', 'eve')), 'grown')
  t.equal(await after(t, () => deleteGateway(unit, CALLER, gateway('e'), any)), 'grown')
  t.equal(await after(t, () => deleteGateway(unit, CALLER, gateway('d'), any)), 'whole')
  await createUser(unit, CALLER, { name: parseUserName('fay') })
  t.equal(await after(t, () => create('d', 'fay')), 'grown', 'nobody names her')
})

t.test('a torn line, a foreign one and a missing file are made right with the next change', async (t) => {
  const { ruleset, after, create } = await open(t)
  await create('d')
  truncateSync(ruleset, statSync(ruleset).size - 5)
  t.equal(await after(t, () => create('e')), 'whole')
  appendFileSync(ruleset, 'flush ruleset\n')
  t.equal(await after(t, () => create('f')), 'whole')
  rmSync(ruleset)
  await create('g')
  t.match(await after(t, () => create('h')), 'grown')
})

t.test('it does not grow without end', async (t) => {
  const { text, wanted, join } = await open(t)
  let most = 0
  for (let turn = 0; turn < 130; turn++) {
    await join('dev', 'user:ada', turn % 2 === 0)
    most = Math.max(most, text().split('\n').length)
  }
  t.ok(most <= wanted().split('\n').length + 520, `${most} lines`)
  t.ok(isSameRuleset(text(), wanted()))
})

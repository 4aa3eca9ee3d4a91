import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import t from 'tap'
import { parseUserName } from '../domain/names.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { deleteGateway } from '../provision/delete-gateway.ts'
import { setDefaultPolicy } from '../provision/set-default-policy.ts'
import { setMember } from '../provision/set-member.ts'
import { readStaticRuleset } from '../publish/static-ruleset.ts'
import { renderRuleset } from '../render/ruleset.ts'
import { any, CALLER, gateway, giveRules, group, member, openPolicyUnit } from '../testing/policy-unit.ts'
import { addNamespace } from './lab/namespaces.ts'
import { reasonToSkip } from './lab/requirements.ts'

const skip = reasonToSkip('nft') ?? false

/** What nft lists, whatever the order of elements: without the chains of combinations, of which some may be unused. */
function listing(text: string): string[] {
  const chains = text.replaceAll(/\tchain combination_\S+ \{[^}]*\}\n/g, '')
  return chains
    .replaceAll(/elements = \{[^}]*\}/g, (list) =>
      list
        .split(/[{},]/)
        .map((one) => one.trim())
        .sort()
        .join(),
    )
    .split('\n')
    .filter((line) => line !== '')
}

t.test('the file loads as one transaction at every step, and the kernel has what the rows say', { skip }, async (t) => {
  const opened = await openPolicyUnit(t)
  const { unit } = opened
  const { ruleset } = unit.layout
  const host = await addNamespace(t, 'static')
  const list = () => host.run('nft', ['list', 'table', 'inet', 'vpnunit'])
  await giveRules(opened, 'ops', 'allow from group:dev tcp 22', 'deny to internet')
  const join = (who: string, isWanted = true) => setMember(unit, CALLER, group('dev'), member(who), isWanted, any)
  const create = (name: string, user: string) =>
    createGateway(unit, CALLER, { name: gateway(name), user: parseUserName(user), key: { keyType: 'ec-p256' } })
  const steps = [
    () => create('d', 'ada'),
    () => join('user:ada'),
    () => create('e', 'eve'),
    () => join('gateway:a.example.org', false),
    () => join('user:ada', false),
    () => join('user:ada'),
    () => deleteGateway(unit, CALLER, gateway('a'), any),
    () => create('f', 'ada'),
    () => setDefaultPolicy(unit, CALLER, 'closed', any),
    () => create('g', 'ada'),
  ]
  for (const [index, step] of steps.entries()) {
    await step()
    t.match(await host.exec('nft', ['-c', '-f', ruleset]), { code: 0, stderr: '' }, `checked at step ${index}`)
    await host.run('nft', ['-f', ruleset])
    await host.run('nft', ['-f', ruleset])
    const grown = listing(await list())
    const whole = `${t.testdir({})}/whole.nft`
    appendFileSync(whole, renderRuleset(readStaticRuleset(unit.store, unit.config).input))
    await host.run('nft', ['-f', whole])
    t.same(listing(await list()), grown, `what the rows say at step ${index}`)
  }
})

t.test('of a file whose last line is torn nothing is loaded', { skip }, async (t) => {
  const { unit } = await openPolicyUnit(t)
  const { ruleset } = unit.layout
  const host = await addNamespace(t, 'torn')
  await createGateway(unit, CALLER, {
    name: gateway('d'),
    user: parseUserName('ada'),
    key: { keyType: 'ec-p256' },
  })
  const { length } = readFileSync(ruleset)
  for (const cut of [3, 10, 30]) {
    truncateSync(ruleset, length - cut)
    t.not((await host.exec('nft', ['-f', ruleset])).code, 0)
    t.not((await host.exec('nft', ['list', 'table', 'inet', 'vpnunit'])).code, 0)
  }
})

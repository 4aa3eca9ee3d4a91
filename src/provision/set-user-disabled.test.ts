import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { setGatewayDisabled } from './set-gateway-disabled.ts'
import { setUserDisabled } from './set-user-disabled.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')
const any = () => undefined

/** ada with the gateways a0 and a1, bob with b0. */
async function open(t: Test) {
  const { unit, folder } = await openTestUnit(t)
  const key = { keyType: 'ec-p256' } as const
  for (const [user, names] of Object.entries({ ada: ['a0', 'a1'], bob: ['b0'] })) {
    await createUser(unit, CALLER, { name: parseUserName(user) })
    for (const name of names) {
      await createGateway(unit, CALLER, { name: parseFqdn(`${name}.example.org`), user: parseUserName(user), key })
    }
  }
  const client = (name: string) => readFileSync(join(folder, `ovpn/clients/${name}.example.org`), 'utf8')
  return {
    unit,
    revision: unit.store.site.revision(),
    newest: () => unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0],
    isDisabled: (...names: string[]) => names.map((name) => client(name).includes('\ndisable\n')),
    routes: () => readFileSync(join(folder, 'ip/routes'), 'utf8').split('\n').length - 2,
  }
}

t.test('a disabled user’s gateways are disabled, and nobody else’s', async (t) => {
  const { unit, revision, newest, isDisabled, routes } = await open(t)
  t.match(await setUserDisabled(unit, CALLER, ADA, true, any), { value: { name: 'ada', disabled: true, gateways: 2 } })
  t.same(isDisabled('a0', 'a1', 'b0'), [true, true, false])
  t.equal(routes(), 1)
  t.match(newest(), { revision: revision + 1, ...CALLER, action: 'user.disable', object: 'ada' })
  t.match(unit.store.gateways.find(parseFqdn('a0.example.org')), { disabled: false, userDisabled: true })
  await setUserDisabled(unit, CALLER, ADA, false, any)
  t.same(isDisabled('a0', 'a1', 'b0'), [false, false, false])
  t.equal(routes(), 3)
  t.match(newest(), { revision: revision + 2, action: 'user.enable' })
})

t.test('a gateway that is disabled itself stays so when its user is enabled', async (t) => {
  const { unit, isDisabled } = await open(t)
  await setGatewayDisabled(unit, CALLER, parseFqdn('a1.example.org'), true, any)
  await setUserDisabled(unit, CALLER, ADA, true, any)
  await setUserDisabled(unit, CALLER, ADA, false, any)
  t.same(isDisabled('a0', 'a1'), [false, true])
})

t.test('what is so already, not there, or not as the caller saw it leaves no trace', async (t) => {
  const { unit, revision } = await open(t)
  t.match(await setUserDisabled(unit, CALLER, ADA, false, any), { value: { disabled: false } })
  const eve = parseUserName('eve')
  await t.rejects(setUserDisabled(unit, CALLER, eve, true, any), { code: 'user-unknown' })
  const refuse = () => {
    throw new Problem('precondition-failed', 'It changed.')
  }
  await t.rejects(setUserDisabled(unit, CALLER, ADA, true, refuse), { code: 'precondition-failed' })
  t.equal(unit.store.site.revision(), revision)
})

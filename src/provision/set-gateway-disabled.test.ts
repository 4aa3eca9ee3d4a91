import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { createGateway } from './create-gateway.ts'
import { createUser } from './create-user.ts'
import { setGatewayDisabled } from './set-gateway-disabled.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const NAME = parseFqdn('gw.example.org')
const any = () => undefined

async function unitWithGateway(t: Test) {
  const opened = await openTestUnit(t)
  const { unit, folder } = opened
  const user = parseUserName('ada')
  await createUser(unit, CALLER, { name: user })
  await createGateway(unit, CALLER, { name: NAME, user, key: { keyType: 'ec-p256' } })
  return {
    unit,
    revision: unit.store.site.revision(),
    newest: () => unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0],
    client: () => readFileSync(join(folder, 'ovpn/clients', NAME), 'utf8'),
    routes: () => readFileSync(join(folder, 'ip/routes'), 'utf8'),
  }
}

t.test('a disabled gateway is refused and has no route; enabled again it is as it was', async (t) => {
  const { unit, revision, newest, client, routes } = await unitWithGateway(t)
  const before = [client(), routes()]
  t.match(await setGatewayDisabled(unit, CALLER, NAME, true, any), { value: { disabled: true, userDisabled: false } })
  t.equal(client(), '# rendered from the database by vpnunit, do not edit\ndisable\n')
  t.equal(routes(), 'unreachable 2001:470:c844::/48 metric 4096\n')
  t.match(newest(), { revision: revision + 1, ...CALLER, action: 'gateway.disable', object: NAME, detail: {} })
  t.match(await setGatewayDisabled(unit, CALLER, NAME, false, any), { value: { disabled: false, revokedAt: null } })
  t.same([client(), routes()], before)
  t.match(newest(), { revision: revision + 2, action: 'gateway.enable' })
})

t.test('what is so already leaves no trace', async (t) => {
  const { unit, revision } = await unitWithGateway(t)
  t.match(await setGatewayDisabled(unit, CALLER, NAME, false, any), { value: { disabled: false } })
  t.equal(unit.store.site.revision(), revision)
  await setGatewayDisabled(unit, CALLER, NAME, true, any)
  t.match(await setGatewayDisabled(unit, CALLER, NAME, true, any), { value: { disabled: true } })
  t.equal(unit.store.site.revision(), revision + 1)
})

t.test('what is not there, or not as the caller saw it, is not changed', async (t) => {
  const { unit, revision } = await unitWithGateway(t)
  const other = parseFqdn('other.example.org')
  await t.rejects(setGatewayDisabled(unit, CALLER, other, true, any), { code: 'gateway-unknown' })
  const refuse = () => {
    throw new Problem('precondition-failed', 'It changed.')
  }
  await t.rejects(setGatewayDisabled(unit, CALLER, NAME, true, refuse), { code: 'precondition-failed' })
  await t.rejects(setGatewayDisabled(unit, CALLER, NAME, false, refuse), { code: 'precondition-failed' }, 'a no-op too')
  t.equal(unit.store.site.revision(), revision)
  t.match(unit.store.gateways.find(NAME), { disabled: false })
})

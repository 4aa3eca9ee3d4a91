import t from 'tap'
import { readConfig } from '../config.ts'
import { parseUserName } from '../domain/names.ts'
import { createUser } from '../provision/create-user.ts'
import { checkFit } from './check-fit.ts'
import { codesOf, openInstallation } from './testing/installation.ts'

t.test('settings that fit are right', async (t) => {
  const { config, unit, site } = await openInstallation(t)
  t.match(checkFit(config, unit.store, site()), [{ level: 'ok', detail: 'server name vpn.example.org' }])
})

t.test('another server name and too long a prefix are both said, each once', async (t) => {
  const { unit, site } = await openInstallation(t)
  await createUser(unit, { actor: 'a test', requestId: 'r' }, { name: parseUserName('high'), number: 200 })
  const look = (env: Record<string, string>) => checkFit(readConfig(env), unit.store, site())
  const name = { VPNUNIT_SERVER_NAME: 'other.example.org' }
  const prefix = { VPNUNIT_PREFIX: '2001:470:c844::/52' }
  t.match(look(name), [{ code: 'settings-do-not-fit', detail: 'verifies vpn.example.org', level: 'problem' }])
  t.match(look(prefix), [{ code: 'settings-do-not-fit', detail: 'a user has 200' }])
  t.equal(look(name).length + look(prefix).length, 2)
  t.same(codesOf(look({ ...name, ...prefix })), ['problem settings-do-not-fit', 'problem settings-do-not-fit'])
})

t.test('what is none of the site’s faults is not taken for one', async (t) => {
  const { config, unit, site, close } = await openInstallation(t)
  const row = site()
  await close()
  t.throws(() => checkFit(config, unit.store, row), { message: /^(?!.*VPNUNIT)/ })
})

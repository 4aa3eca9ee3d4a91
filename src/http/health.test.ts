import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { askAs, openTestApp } from '../testing/test-unit.ts'
import { WARNING_CODES } from './warnings.ts'

t.test('health is open, and says ok while nothing needs anybody', async (t) => {
  const { api } = await openTestApp(t)
  const { status, headers, body } = await askAs(api, undefined)('GET', '/health')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/json; charset=utf-8')
  const { warnings } = body as { warnings: string[] }
  // The folder of a checkout may be closed to others, which is what this one is about.
  t.strictSame(
    warnings.filter((code) => code !== 'data-not-readable'),
    [],
  )
  t.strictSame(body, { status: warnings.length === 0 ? 'ok' : 'warning', warnings })
})

t.test('a wrong token does not close it', async (t) => {
  const { api } = await openTestApp(t)
  t.equal((await askAs(api, 'wrong')('GET', '/health')).status, 200)
})

t.test('it shows codes alone: no name, no prefix, no path, whatever is wrong', async (t) => {
  const { ask, api, clock, folder } = await openTestApp(t, { VPNUNIT_SERVER_NAME: 'vpn.example.org' })
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  clock.advanceDays(3640)
  const { status, text, body } = await askAs(api, undefined)('GET', '/health')
  t.equal(status, 200)
  t.match(body, { status: 'warning' })
  const { warnings } = body as { warnings: string[] }
  t.ok(warnings.length >= 3, String(warnings))
  for (const code of warnings) t.ok(WARNING_CODES.some((known) => known === code))
  for (const secret of ['ada', 'example', '2001:', folder, 'detail']) t.notMatch(text, secret)
})

t.test('it is 200 though a folder that files are published to is gone', async (t) => {
  const { ask, folder } = await openTestApp(t)
  const clients = join(folder, 'ovpn/clients')
  renameSync(clients, `${clients}.away`)
  const { status, body } = await ask('GET', '/health')
  renameSync(`${clients}.away`, clients)
  t.equal(status, 200)
  t.match(body, { status: 'warning' })
})

t.test('it says so when the revocation list in place is taken away', async (t) => {
  const { ask, folder } = await openTestApp(t)
  rmSync(join(folder, 'pki/crl.pem'))
  t.match((await ask('GET', '/health')).body, { status: 'warning', warnings: ['crl-missing'] })
})

t.test('it takes no query', async (t) => {
  const { ask } = await openTestApp(t)
  t.match((await ask('GET', '/health?verbose=1')).body, { status: 400, errors: [{ field: '/verbose' }] })
})

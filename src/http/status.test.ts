import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildApp } from '../app.ts'
import { askAs, openTestApp, openTestUnit, TOKEN } from '../testing/test-unit.ts'

type Status = Record<string, unknown> & {
  authority: { serial: string }
  server: { serial: string }
  warnings: { code: string }[]
}

type Media = { schema: { properties: Record<string, object> } }
type Description = {
  paths: { '/status': { get: { responses: { 200: { content: { 'application/json': Media } } } } } }
}

t.test('the full account needs a token', async (t) => {
  const { api } = await openTestApp(t)
  t.match((await askAs(api, undefined)('GET', '/status')).body, { type: '/problems/unauthorized', status: 401 })
})

t.test('a new installation has a server’s certificate, an empty revocation list, and nobody', async (t) => {
  const { ask } = await openTestApp(t, { VPNUNIT_SERVER_NAME: 'vpn.example.org' })
  const { status, body } = await ask('GET', '/status')
  t.equal(status, 200)
  const { authority, server, warnings, ...rest } = body as Status
  t.strictSame(rest, {
    version: '0.1.0',
    startedAt: '2026-03-01T12:00:00Z',
    mode: 'static',
    sessions: 0,
    hosts: [],
    revision: 2,
    sitePrefix: '2001:470:c844::/48',
    serverName: 'vpn.example.org',
    users: 0,
    gateways: 0,
    certificates: { valid: 1, revoked: 0 },
    policy: { default: 'open', groups: 0, rules: 0, tests: 0 },
    crl: { number: 1, entries: 0, thisUpdate: '2026-03-01T11:55:00Z', nextUpdate: '2027-03-01T11:55:00Z' },
    publish: { pending: 0, failures: 0, fault: null, failingSince: null },
  })
  const life = { notAfter: '2036-02-29T12:00:00Z', daysLeft: 3652, keyType: 'ec-p256' }
  t.strictSame(authority, { serial: authority.serial, ...life })
  t.strictSame(server, { serial: server.serial, ...life })
  for (const { serial } of [authority, server]) t.match(serial, /^[0-9a-f]{32}$/)
  t.strictSame(
    warnings.filter(({ code }) => code !== 'data-not-readable'),
    [],
  )
})

t.test('it counts what there is, and the revocations', async (t) => {
  const { ask, clock } = await openTestApp(t)
  for (const name of ['ada', 'bob']) await ask('POST', '/users', { name })
  for (const name of ['attic', 'barn', 'cellar'])
    await ask('POST', '/gateways', { name: `${name}.example.org`, user: 'ada' })
  await ask('POST', '/gateway/attic.example.org/renew', { force: true, old: 'revoke' })
  await ask('DELETE', '/gateway/barn.example.org')
  clock.advanceDays(10)
  t.match((await ask('GET', '/status')).body, {
    revision: 9,
    users: 2,
    gateways: 2,
    certificates: { valid: 3, revoked: 2 },
    crl: { number: 3, entries: 2 },
    authority: { daysLeft: 3642 },
  })
})

t.test('what is not in the files yet is counted, with the reason and since when', async (t) => {
  const { ask, clock, folder } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const inTheWay = join(folder, 'ovpn/clients/attic.example.org')
  mkdirSync(join(inTheWay, 'x'), { recursive: true })
  clock.advanceDays(1)
  t.equal((await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })).status, 503)
  const { body } = await ask('GET', '/status')
  t.match(body, {
    gateways: 1,
    publish: { pending: 1, failures: 1, fault: /EISDIR/, failingSince: '2026-03-02T12:00:00Z' },
  })
  t.ok((body as Status).warnings.some(({ code }) => code === 'publish-pending'))
  rmSync(inTheWay, { recursive: true })
  t.equal((await ask('PATCH', '/gateway/attic.example.org', { disabled: true })).status, 200)
  t.match((await ask('GET', '/status')).body, { publish: { pending: 0, failures: 1, fault: null, failingSince: null } })
})

t.test('without a revocation list in place it says null, and why nobody gets in', async (t) => {
  const folder = join(t.testdir({}), 'data')
  mkdirSync(join(folder, 'pki/crl.pem/x'), { recursive: true })
  const { unit } = await openTestUnit(t, {}, { folder })
  const { status, body } = await askAs(await buildApp(unit), TOKEN)('GET', '/status')
  t.equal(status, 200)
  t.match(body, { crl: null })
  t.ok((body as Status).warnings.some(({ code }) => code === 'crl-missing'))
})

t.test('a server without a certificate is no reason to say nothing', async (t) => {
  const { ask, unit } = await openTestApp(t)
  const { serial } = unit.store.certificates.findServer() ?? { serial: '' }
  await unit.store.write(() => unit.store.certificates.supersede(serial, unit.now()))
  const { status, body } = await ask('GET', '/status')
  t.equal(status, 200)
  t.match(body, { server: null })
  const { paths } = (await ask('GET', '/openapi.json')).body as Description
  const { server } = paths['/status'].get.responses[200].content['application/json'].schema.properties
  t.match(JSON.stringify(server), '"null"', 'and it is described so, as for the revocation list')
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openssl } from '../ca/testing/program.ts'
import { openTestApp } from '../testing/test-unit.ts'

type Open = Parameters<typeof openTestApp>

async function openWithAda(...args: Open) {
  const app = await openTestApp(...args)
  await app.ask('POST', '/users', { name: 'ada' })
  return app
}

async function openWithAttic(...args: Open) {
  const app = await openWithAda(...args)
  const created = await app.ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  return { ...app, created, etag: String(created.headers.etag) }
}

/** Both spellings of a gateway's path. */
const PATHS = ['/gateway/attic.example.org', '/gateways/attic.example.org']

/** A certificate request as a device makes it. */
function newRequest(folder: string, name: string, newkey = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']): string {
  const key = join(folder, `${name}.key`)
  return openssl(['req', '-new', '-newkey', ...newkey, '-nodes', '-keyout', key, '-subj', `/CN=${name}`]).output
}

t.test('a gateway is answered whole: its place, its addresses, its certificate and its sixteen networks', async (t) => {
  const { created } = await openWithAttic(t)
  t.equal(created.status, 201)
  t.equal(created.headers.location, '/gateway/attic.example.org')
  const { certificate, networks, ...rest } = created.body as { certificate: { serial: string }; networks: string[] }
  t.strictSame(rest, {
    name: 'attic.example.org',
    user: 'ada',
    slot: 0,
    prefix: '2001:470:c844:200::/60',
    address: '2001:470:c844:20f::1',
    disabled: false,
    userDisabled: false,
    createdAt: '2026-03-01T12:00:00Z',
    formerCertificates: [],
    session: null,
    lastSeenAt: null,
  })
  t.match(certificate.serial, /^[0-9a-f]{32}$/)
  t.strictSame(certificate, {
    serial: certificate.serial,
    notBefore: '2026-03-01T11:55:00Z',
    notAfter: '2028-06-03T12:00:00Z',
    renewableFrom: '2028-05-04T12:00:00Z',
    keyType: 'ec-p256',
    status: 'valid',
  })
  t.equal(networks.length, 16)
  t.equal(networks[0], '2001:470:c844:200::/64')
  t.equal(networks[15], '2001:470:c844:20f::/64')
})

t.test('both spellings show the same gateway with the same ETag, and lists show it without its networks', async (t) => {
  const { ask, created, etag } = await openWithAttic(t)
  for (const path of PATHS) {
    const shown = await ask('GET', path)
    t.equal(shown.status, 200, path)
    t.strictSame(shown.body, created.body)
    t.equal(shown.headers.etag, etag)
  }
  const { networks, formerCertificates, session, lastSeenAt, ...summary } = created.body as Record<string, unknown>
  t.ok(networks && formerCertificates && session === null && lastSeenAt === null)
  t.strictSame((await ask('GET', '/gateways')).body, [summary])
})

t.test('the seventeenth gateway of a user is refused', async (t) => {
  const { ask } = await openWithAda(t)
  const make = (n: number) => ask('POST', '/gateways', { name: `g${n}.example.org`, user: 'ada' })
  for (let n = 0; n < 16; n++)
    t.match((await make(n)).body, { slot: n, prefix: `2001:470:c844:2${n.toString(16)}0::/60` })
  t.match((await make(16)).body, { type: '/problems/user-full', status: 409, user: 'ada' })
  t.match((await ask('GET', '/users/ada')).body, { gateways: 16 })
})

t.test('a slot can be asked for, from 0 to 15, and a taken one is refused with its holder', async (t) => {
  const { ask } = await openWithAttic(t)
  t.match((await ask('POST', '/gateways', { name: 'f.example.org', user: 'ada', slot: 15 })).body, {
    slot: 15,
    prefix: '2001:470:c844:2f0::/60',
    address: '2001:470:c844:2ff::1',
  })
  const wanted = { name: 'cellar.example.org', user: 'ada' }
  t.match((await ask('POST', '/gateways', { ...wanted, slot: 0 })).body, {
    type: '/problems/slot-taken',
    status: 409,
    detail: "Slot 0 of ada is attic.example.org's.",
    slot: 0,
  })
  for (const slot of [16, -1, 1.5, '1', null, true]) {
    const { status, body } = await ask('POST', '/gateways', { ...wanted, slot })
    t.equal(status, 400, JSON.stringify(slot))
    t.match(body, { type: '/problems/bad-request', errors: [{ field: '/slot' }] })
  }
  t.equal((await ask('GET', '/gateway/cellar.example.org')).status, 404)
})

t.test('a name that is taken, or that is none, and a user that is unknown are refused', async (t) => {
  const { ask } = await openWithAttic(t)
  await ask('POST', '/users', { name: 'bob' })
  t.match((await ask('POST', '/gateways', { name: 'attic.example.org', user: 'bob' })).body, {
    type: '/problems/gateway-exists',
    status: 409,
    gateway: 'attic.example.org',
  })
  t.match((await ask('POST', '/gateways', { name: 'gw.example.org', user: 'nobody' })).body, {
    type: '/problems/user-unknown',
    status: 404,
    user: 'nobody',
  })
  const long = `${'a'.repeat(53)}.example.org`
  for (const name of [
    'attic',
    'Attic.example.org',
    'attic.example.org.',
    '../attic.example',
    'a_b.example.org',
    long,
  ]) {
    const { body } = await ask('POST', '/gateways', { name, user: 'ada' })
    t.match(body, { type: '/problems/bad-name', status: 400, detail: /is not a gateway name: / }, name)
  }
  t.match((await ask('POST', '/gateways', { name: 'gw.example.org', user: 'Ada' })).body, {
    type: '/problems/bad-name',
  })
  t.equal((await ask('POST', '/gateways', { name: long.slice(1), user: 'ada' })).status, 201, '64 characters')
})

t.test('unknown fields, missing ones and wrong types are refused by name', async (t) => {
  const { ask } = await openWithAda(t)
  const right = { name: 'gw.example.org', user: 'ada' }
  const refused: [unknown, string][] = [
    [{ name: 'gw.example.org' }, '/user'],
    [{ user: 'ada' }, '/name'],
    [{ ...right, prefix: '2001:db8::/60' }, '/prefix'],
    [{ ...right, keyType: 'rsa-1024' }, '/keyType'],
    [{ ...right, keyType: null }, '/keyType'],
    [{ ...right, csr: { pem: 'x' } }, '/csr'],
    [{ ...right, user: 7 }, '/user'],
    ['gw.example.org', ''],
    [null, ''],
  ]
  for (const [body, field] of refused) {
    const answer = await ask('POST', '/gateways', JSON.stringify(body), { 'content-type': 'application/json' })
    t.match(answer.body, { type: '/problems/bad-request', status: 400, errors: [{ field }] }, JSON.stringify(body))
  }
  t.match((await ask('POST', '/gateways', { ...right, keyType: 'rsa-1024' })).text, /ec-p256, ec-p384, ed25519/)
  t.strictSame((await ask('GET', '/gateways')).body, [])
})

t.test('a key pair is made of the type that is asked for, or of the one that is set', async (t) => {
  const { ask } = await openWithAda(t, { VPNUNIT_KEY_TYPE: 'ed25519' })
  for (const keyType of ['ec-p256', 'ec-p384', 'rsa-2048', undefined]) {
    const { status, body } = await ask('POST', '/gateways', { name: `${keyType}.example.org`, user: 'ada', keyType })
    t.equal(status, 201)
    t.match(body, { certificate: { keyType: keyType ?? 'ed25519' } })
  }
})

t.test('a gateway may bring its own key as a certificate request', async (t) => {
  const { ask, folder } = await openWithAda(t)
  const csr = newRequest(folder, 'gw.example.org')
  const wanted = { name: 'gw.example.org', user: 'ada', csr }
  t.match((await ask('POST', '/gateways', { ...wanted, keyType: 'ec-p384' })).body, {
    type: '/problems/bad-request',
    status: 400,
    detail: /not both/,
  })
  t.match((await ask('POST', '/gateways', wanted)).body, {
    name: 'gw.example.org',
    certificate: { keyType: 'ec-p384' },
  })
  for (const bad of ['', 'hello', csr.slice(0, -40), csr.replace('\n', '\n\n-----'), csr + csr]) {
    const { body } = await ask('POST', '/gateways', { name: 'other.example.org', user: 'ada', csr: bad })
    t.match(body, { type: '/problems/bad-csr', status: 400 }, bad.slice(0, 20))
  }
  t.match((await ask('POST', '/gateways', { ...wanted, name: 'other.example.org' })).body, {
    type: '/problems/bad-csr',
    detail: /its common name is "gw.example.org"/,
  })
})

t.test(
  'a list can be of one user, of what ends before a time, or both, and the next page keeps asking so',
  async (t) => {
    const { ask, clock } = await openWithAttic(t)
    await ask('POST', '/users', { name: 'bob' })
    clock.advanceDays(1)
    for (const [name, user] of [
      ['barn.example.org', 'bob'],
      ['cellar.example.org', 'ada'],
    ]) {
      await ask('POST', '/gateways', { name, user })
    }
    const names = async (query: string) => {
      const { body, headers } = await ask('GET', `/gateways?${query}`)
      return [...(body as { name: string }[]).map(({ name }) => name.split('.', 1)[0]), headers.link].filter(Boolean)
    }
    t.same(await names('user=ada'), ['attic', 'cellar'])
    t.same(await names('expiresBefore=2028-06-03T12:00:00Z'), [], 'an end is not before itself')
    t.same(await names('expiresBefore=2028-06-03T12:00:01Z'), ['attic'])
    t.same(await names('expiresBefore=2028-06-03T14:00:01%2B02:00'), ['attic'], 'of another zone')
    t.same(await names('expiresBefore=9999-12-31T23:59:59Z&user=bob'), ['barn'])
    const link =
      '</gateways?user=ada&expiresBefore=2029-01-01T00%3A00%3A00Z&limit=1&after=attic.example.org>; rel="next"'
    t.same(await names('user=ada&expiresBefore=2029-01-01T00:00:00Z&limit=1'), ['attic', link])
    t.match((await ask('GET', '/gateways?user=nobody')).body, { type: '/problems/user-unknown', status: 404 })
  },
)

t.test('what is no time is refused and never means an empty list', async (t) => {
  const { ask } = await openWithAttic(t)
  const refused = (time: string) => async () => {
    const { body } = await ask('GET', `/gateways?expiresBefore=${time}`)
    t.match(body, { type: '/problems/bad-request', status: 400, errors: [{ field: '/expiresBefore' }] }, time)
  }
  const times = ['', 'tomorrow', '2028-01-01', '2028-01-01T00:00:00', '2028-13-01T00:00:00Z', '2028-02-30T00:00:00Z']
  for (const time of [...times, '2028-01-01T25:00:00Z', '1830297600', '%002028-01-01T00:00:00Z']) await refused(time)()
})

t.test('a time that the format lets pass and that JavaScript can’t read is refused too', async (t) => {
  const { ask } = await openWithAttic(t)
  for (const time of ['2028-12-31T23:59:60Z', '2028-12-31T23:59:59%2B02', '2028-12-31T23:59:59%2B0200']) {
    const { status, body } = await ask('GET', `/gateways?expiresBefore=${time}`)
    if (status === 200) t.match(body, [{ name: 'attic.example.org' }], `${time} is read`)
    else t.match(body, { type: '/problems/bad-request', errors: [{ field: '/expiresBefore' }] }, time)
  }
})

t.test('a gateway is disabled and enabled again by both spellings', async (t) => {
  const { ask, folder } = await openWithAttic(t)
  for (const path of PATHS) {
    t.match((await ask('PATCH', path, { disabled: true })).body, { disabled: true, userDisabled: false })
    t.match(readFileSync(join(folder, 'ovpn/clients/attic.example.org'), 'utf8'), /^disable$/m)
    const enabled = await ask('PATCH', path, { disabled: false })
    t.equal(enabled.status, 200)
    t.match(enabled.body, { disabled: false, certificate: { status: 'valid' } })
    t.equal(enabled.headers.etag, (await ask('GET', path)).headers.etag)
  }
  for (const body of [{ disabled: 'true' }, { disabled: 1 }, {}, { disabled: true, slot: 3 }, undefined]) {
    t.match((await ask('PATCH', PATHS[0] ?? '', body)).body, { type: '/problems/bad-request', status: 400 })
  }
})

for (const path of PATHS) {
  t.test(`a removal at ${path.split('/')[1]} answers with the receipt of what was revoked`, async (t) => {
    const { ask, folder, created } = await openWithAttic(t)
    const { certificate } = created.body as { certificate: { serial: string } }
    const { status, body } = await ask('DELETE', path)
    t.equal(status, 200)
    t.match(body, { notice: /New handshakes are refused from now on/ })
    const { notice, ...receipt } = body as Record<string, unknown>
    t.strictSame(receipt, {
      gateway: 'attic.example.org',
      revokedSerials: [certificate.serial],
      crlNumber: 2,
      sessionsEnded: 0,
      instances: [],
      notReached: [],
    })
    t.equal((await ask('GET', path)).status, 404)
    t.notOk(existsSync(join(folder, 'ovpn/clients/attic.example.org')))
    const { output } = openssl(['crl', '-in', join(folder, 'pki/crl.pem'), '-noout', '-text'])
    t.match(output, new RegExp(certificate.serial, 'i'), 'the list in place says so when the answer is sent')
  })
}

t.test('by both spellings a change for another version than the one that is there does nothing', async (t) => {
  const { ask, etag } = await openWithAttic(t)
  await ask('PATCH', '/gateway/attic.example.org', { disabled: true })
  for (const path of PATHS) {
    const answer = await ask('PATCH', path, { disabled: false }, { 'if-match': etag })
    t.match(answer.body, { type: '/problems/precondition-failed', status: 412, detail: new RegExp(etag) })
    t.equal((await ask('DELETE', path, undefined, { 'if-match': etag })).status, 412)
    t.equal((await ask('POST', `${path}/renew`, { force: true }, { 'if-match': etag })).status, 412)
    t.equal((await ask('GET', path, undefined, { 'if-none-match': etag })).status, 200, 'that version is gone')
  }
  t.match((await ask('GET', '/gateways')).body, [{ disabled: true, certificate: { status: 'valid' } }])
})

t.test('what is unknown is not shown, changed or deleted by any spelling', async (t) => {
  const { ask } = await openWithAda(t)
  for (const path of PATHS) {
    for (const [method, body] of [['GET'], ['PATCH', { disabled: true }], ['DELETE']] as const) {
      const answer = await ask(method, path, body)
      t.match(answer.body, { type: '/problems/gateway-unknown', status: 404, gateway: 'attic.example.org' })
      t.match((await ask(method, path.toUpperCase().replace(/^\/\w+/, '/gateway'), body)).body, { status: 400 })
    }
  }
})

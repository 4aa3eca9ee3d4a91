import { join } from 'node:path'
import t from 'tap'
import { openssl } from '../ca/testing/program.ts'
import { openTestApp } from '../testing/test-unit.ts'

type Certificate = { serial: string; notAfter: string; renewableFrom: string; keyType: string; status: string }
type Gateway = { certificate: Certificate; formerCertificates: Certificate[] }

const PATH = '/gateway/attic.example.org'

async function openWithAttic(t: Parameters<typeof openTestApp>[0], extra: Record<string, unknown> = {}) {
  const app = await openTestApp(t)
  await app.ask('POST', '/users', { name: 'ada' })
  const created = await app.ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada', ...extra })
  t.equal(created.status, 201)
  return { ...app, first: (created.body as Gateway).certificate, etag: String(created.headers.etag) }
}

/** A certificate request as a device makes it, and its key, which stays there. */
function newRequest(folder: string, name = 'attic.example.org'): string {
  const key = ['-newkey', 'ed25519', '-nodes', '-keyout', join(folder, 'device.key')]
  return openssl(['req', '-new', ...key, '-subj', `/CN=${name}`]).output
}

function revokedOf(folder: string): string {
  return openssl(['crl', '-in', join(folder, 'pki/crl.pem'), '-noout', '-text']).output.toLowerCase()
}

t.test('more than thirty days before its end a certificate is not renewed, to the second', async (t) => {
  const { ask, clock, first } = await openWithAttic(t)
  t.equal(first.renewableFrom, '2028-05-04T12:00:00Z')
  clock.set(new Date('2028-05-04T11:59:59Z'))
  const { status, body } = await ask('POST', `${PATH}/renew`)
  t.equal(status, 409)
  t.match(body, {
    type: '/problems/renewal-too-early',
    title: 'The certificate is not yet due for renewal',
    detail: /can be renewed from 2028-05-04T12:00:00Z on, 30 days before its end/,
    gateway: 'attic.example.org',
    renewableFrom: '2028-05-04T12:00:00Z',
  })
  t.match((await ask('GET', PATH)).body, { certificate: first, formerCertificates: [] }, 'nothing happened')
  clock.set(new Date('2028-05-04T12:00:00Z'))
  t.equal((await ask('POST', `${PATH}/renew`)).status, 201)
})

t.test('a renewal answers with the gateway: a new certificate, and the former one beside it', async (t) => {
  const { ask, clock, first } = await openWithAttic(t)
  clock.set(new Date('2028-05-20T00:00:00Z'))
  const { status, headers, body } = await ask('POST', '/gateways/attic.example.org/renew')
  const { certificate, formerCertificates, ...rest } = body as Gateway & Record<string, unknown>
  t.equal(status, 201)
  t.equal(headers.location, PATH)
  t.not(certificate.serial, first.serial)
  t.match(certificate, { notBefore: '2028-05-19T23:55:00Z', notAfter: '2030-08-23T00:00:00Z', status: 'valid' })
  t.strictSame(formerCertificates, [{ ...first, status: 'superseded' }])
  t.match(rest, { name: 'attic.example.org', slot: 0, disabled: false, networks: { length: 16 } })
  const shown = await ask('GET', PATH)
  t.strictSame(shown.body, body)
  t.equal(shown.headers.etag, headers.etag)
  t.equal((await ask('POST', `${PATH}/renew`)).status, 409, 'the new one is not due')
})

t.test('an empty body, with or without a content type, is a bare renewal', async (t) => {
  const { ask, clock } = await openWithAttic(t)
  clock.set(new Date('2028-05-20T00:00:00Z'))
  t.equal((await ask('POST', `${PATH}/renew`)).status, 201)
  clock.advanceDays(800)
  t.equal((await ask('POST', `${PATH}/renew`, '', { 'content-type': 'application/json' })).status, 201)
  clock.advanceDays(800)
  t.equal((await ask('POST', `${PATH}/renew`, 'null', { 'content-type': 'application/json' })).status, 201)
  clock.advanceDays(800)
  t.equal((await ask('POST', `${PATH}/renew`, {})).status, 201)
  const wrong = await ask('POST', `${PATH}/renew`, '{"force":true', { 'content-type': 'application/json' })
  t.match(wrong.body, { type: '/problems/bad-request', status: 400 })
})

t.test('after its end a certificate is renewed as well, and the ended one is no former one that is good', async (t) => {
  const { ask, clock, first } = await openWithAttic(t)
  clock.set(new Date('2028-06-03T11:59:59Z'))
  t.match((await ask('GET', PATH)).body, { certificate: { status: 'valid' } })
  clock.set(new Date('2028-06-03T12:00:00Z'))
  t.match((await ask('GET', PATH)).body, { certificate: { serial: first.serial, status: 'expired' } })
  const { status, body } = await ask('POST', `${PATH}/renew`, { old: 'revoke' })
  t.equal(status, 201)
  t.match(body, { certificate: { status: 'valid' } })
  t.strictSame((body as Gateway).formerCertificates, [])
})

t.test('force renews at any time; the former certificates stay good unless they are to be revoked', async (t) => {
  const { ask, folder, first } = await openWithAttic(t)
  const second = (await ask('POST', `${PATH}/renew`, { force: true })).body as Gateway
  t.same(
    second.formerCertificates.map(({ serial }) => serial),
    [first.serial],
  )
  t.notMatch(revokedOf(folder), first.serial)
  const third = (await ask('POST', `${PATH}/renew`, { force: true, old: 'revoke' })).body as Gateway
  t.strictSame(third.formerCertificates, [])
  const ended = { sessionsEnded: 0, instances: [], notReached: [] }
  t.match(third, { revokedSerials: { length: 2 }, sessions: ended })
  t.equal('sessions' in second, false, 'nothing was ended')
  for (const serial of [first.serial, second.certificate.serial]) t.match(revokedOf(folder), serial)
  t.notMatch(revokedOf(folder), third.certificate.serial)
  t.match((await ask('GET', PATH)).body, { certificate: { serial: third.certificate.serial, status: 'valid' } })
})

t.test('retire is refused while there is no agent, whether the renewal is due or not', async (t) => {
  const { ask, clock, first } = await openWithAttic(t)
  for (const body of [{ old: 'retire' }, { old: 'retire', force: true }]) {
    const answer = await ask('POST', `${PATH}/renew`, body)
    t.match(answer.body, { type: '/problems/retire-needs-agent', status: 409, gateway: 'attic.example.org' })
  }
  clock.set(new Date('2028-05-20T00:00:00Z'))
  t.equal((await ask('POST', `${PATH}/renew`, { old: 'retire' })).status, 409)
  t.match((await ask('GET', PATH)).body, { certificate: { serial: first.serial } })
})

t.test('a renewal takes its four fields, of their types, and nothing else', async (t) => {
  const { ask, first } = await openWithAttic(t)
  const refused: [unknown, string][] = [
    [{ force: 'true' }, '/force'],
    [{ force: 1 }, '/force'],
    [{ force: null }, '/force'],
    [{ force: true, old: 'burn' }, '/old'],
    [{ force: true, old: null }, '/old'],
    [{ force: true, keyType: 'rsa-1024' }, '/keyType'],
    [{ force: true, csr: 5 }, '/csr'],
    [{ force: true, days: 9999 }, '/days'],
    [[{ force: true }], ''],
    ['force', ''],
  ]
  for (const [body, field] of refused) {
    const answer = await ask('POST', `${PATH}/renew`, JSON.stringify(body), { 'content-type': 'application/json' })
    t.match(answer.body, { type: '/problems/bad-request', status: 400, errors: [{ field }] }, JSON.stringify(body))
  }
  t.match((await ask('GET', PATH)).body, { certificate: { serial: first.serial } })
})

t.test('the key pair is of the former type, or of the one that is asked for', async (t) => {
  const { ask } = await openWithAttic(t, { keyType: 'ec-p384' })
  t.match((await ask('POST', `${PATH}/renew`, { force: true })).body, { certificate: { keyType: 'ec-p384' } })
  const { body } = await ask('POST', `${PATH}/renew`, { force: true, keyType: 'ed25519' })
  t.match(body, { certificate: { keyType: 'ed25519' }, formerCertificates: [{ keyType: 'ec-p384' }, {}] })
})

t.test(
  'a gateway that made its key itself must send a new request, or say that the key is to be made here',
  async (t) => {
    const { ask, folder } = await openWithAttic(t)
    await ask('POST', `${PATH}/renew`, { force: true, csr: newRequest(folder) })
    const force = { force: true }
    t.match((await ask('POST', `${PATH}/renew`, force)).body, {
      type: '/problems/bad-csr',
      status: 400,
      gateway: 'attic.example.org',
      detail: /send a new "csr", or a "keyType"/,
    })
    const csr = newRequest(folder)
    t.match((await ask('POST', `${PATH}/renew`, { ...force, csr, keyType: 'ed25519' })).body, { detail: /not both/ })
    const other = newRequest(folder, 'barn.example.org')
    t.match((await ask('POST', `${PATH}/renew`, { ...force, csr: other })).body, { type: '/problems/bad-csr' })
    t.match((await ask('POST', `${PATH}/renew`, { ...force, csr })).body, { certificate: { keyType: 'ed25519' } })
    t.match((await ask('GET', `${PATH}/config`)).text, /PASTE HERE the private key/)
    t.equal((await ask('POST', `${PATH}/renew`, { ...force, keyType: 'ec-p256' })).status, 201)
    t.match((await ask('GET', `${PATH}/config`)).text, /BEGIN PRIVATE KEY/)
  },
)

t.test('of two renewals at once without force one is made', async (t) => {
  const { ask, clock } = await openWithAttic(t)
  clock.set(new Date('2028-05-20T00:00:00Z'))
  const answers = await Promise.all([1, 2, 3].map(() => ask('POST', `${PATH}/renew`)))
  t.same(answers.map(({ status }) => status).sort(), [201, 409, 409])
  t.match((await ask('GET', PATH)).body, { formerCertificates: { length: 1 } })
})

t.test('a renewal for another version than the one that is there is refused', async (t) => {
  const { ask, etag } = await openWithAttic(t)
  t.equal((await ask('POST', `${PATH}/renew`, { force: true }, { 'if-match': etag })).status, 201)
  const again = await ask('POST', `${PATH}/renew`, { force: true }, { 'if-match': etag })
  t.match(again.body, { type: '/problems/precondition-failed', status: 412 })
  t.match((await ask('GET', PATH)).body, { formerCertificates: { length: 1 } })
})

t.test('the list of certificates says what became of each, the newest first, by both spellings', async (t) => {
  const { ask, clock, first } = await openWithAttic(t)
  clock.advanceDays(1)
  const second = (await ask('POST', `${PATH}/renew`, { force: true })).body as Gateway
  clock.advanceDays(1)
  const third = (await ask('POST', `${PATH}/renew`, { force: true, old: 'revoke' })).body as Gateway
  const { status, body } = await ask('GET', `${PATH}/certificates`)
  t.equal(status, 200)
  const revoked = { status: 'revoked', revokedAt: '2026-03-03T12:00:00Z', revocationReason: 'superseded' }
  t.strictSame(body, [
    {
      ...third.certificate,
      issuedAt: '2026-03-03T12:00:00Z',
      supersededAt: null,
      revokedAt: null,
      revocationReason: null,
    },
    {
      ...second.certificate,
      ...revoked,
      issuedAt: '2026-03-02T12:00:00Z',
      supersededAt: '2026-03-03T12:00:00Z',
    },
    { ...first, ...revoked, issuedAt: '2026-03-01T12:00:00Z', supersededAt: '2026-03-02T12:00:00Z' },
  ])
  t.strictSame((await ask('GET', '/gateways/attic.example.org/certificates')).body, body)
})

t.test('two certificates of the same second are listed with the current one first', async (t) => {
  const { ask } = await openWithAttic(t)
  await ask('POST', `${PATH}/renew`, { force: true })
  t.match((await ask('GET', `${PATH}/certificates`)).body, [{ status: 'valid' }, { status: 'superseded' }])
})

t.test('what is unknown has no certificates and is not renewed; what is deleted has no list any more', async (t) => {
  const { ask, folder, first } = await openWithAttic(t)
  for (const [method, url] of [
    ['GET', '/gateway/barn.example.org/certificates'],
    ['GET', '/gateways/barn.example.org/certificates'],
    ['POST', '/gateway/barn.example.org/renew'],
    ['POST', '/gateways/barn.example.org/renew'],
  ] as const) {
    const { body } = await ask(method, url)
    t.match(body, { type: '/problems/gateway-unknown', status: 404, gateway: 'barn.example.org' }, `${method} ${url}`)
  }
  await ask('DELETE', PATH)
  t.equal((await ask('GET', `${PATH}/certificates`)).status, 404)
  t.match(revokedOf(folder), first.serial, 'a serial stays revoked without its gateway')
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  t.match((await ask('GET', `${PATH}/certificates`)).body, { length: 1 }, 'a namesake has its own certificates only')
})

t.test('an authority that has ended issues nothing and renews nothing', async (t) => {
  const { ask, clock } = await openWithAttic(t)
  clock.set(new Date('2036-02-29T12:00:00Z'))
  for (const [url, body] of [
    ['/gateways', { name: 'barn.example.org', user: 'ada' }],
    [`${PATH}/renew`, undefined],
  ] as const) {
    t.match((await ask('POST', url, body)).body, { type: '/problems/authority-ended', status: 409 }, url)
  }
})

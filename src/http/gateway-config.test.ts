import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t from 'tap'
import { openssl } from '../ca/testing/program.ts'
import { openTestApp } from '../testing/test-unit.ts'

type Open = Parameters<typeof openTestApp>

const CONFIGS = ['/gateway/attic.example.org/config', '/gateways/attic.example.org/config']

async function openWithAttic(t: Open[0], env: Open[1] = {}, extra: Record<string, unknown> = {}) {
  const app = await openTestApp(t, env)
  await app.ask('POST', '/users', { name: 'ada' })
  const { status } = await app.ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada', ...extra })
  t.equal(status, 201)
  return app
}

/** The PEM inside an inline block. */
function blockOf(profile: string, tag: string): string {
  const [, block] = profile.split(new RegExp(`^</?${tag}>\n`, 'm'))
  if (block === undefined) throw new Error(`no <${tag}>`)
  return block
}

t.test('a profile is a download by both spellings, named for the gateway', async (t) => {
  const { ask } = await openWithAttic(t)
  for (const path of CONFIGS) {
    const { status, headers, text } = await ask('GET', path)
    t.equal(status, 200, path)
    t.equal(headers['content-type'], 'application/x-openvpn-profile')
    t.equal(headers['content-disposition'], 'attachment; filename="attic.example.org.ovpn"')
    t.match(text, /^# vpnunit: the profile of attic\.example\.org\n/)
  }
})

t.test('everything is inside: the key belongs to the certificate, and the certificate to the authority', async (t) => {
  const { ask, unit } = await openWithAttic(t, { VPNUNIT_REMOTE: 'vpn.example.org 443 tcp' })
  const { text } = await ask('GET', CONFIGS[0] ?? '')
  const certificate = new X509Certificate(blockOf(text, 'cert'))
  const authority = new X509Certificate(blockOf(text, 'ca'))
  t.equal(certificate.subject, 'CN=attic.example.org')
  t.ok(certificate.verify(authority.publicKey))
  t.ok(certificate.checkPrivateKey(createPrivateKey(blockOf(text, 'key'))))
  t.match(blockOf(text, 'tls-crypt-v2'), /^-----BEGIN OpenVPN tls-crypt-v2 client key-----\n/)
  t.match(text, /^remote vpn\.example\.org 443 tcp-client$/m)
  t.match(text, new RegExp(`^verify-x509-name ${unit.serverName} name$`, 'm'))
  const { body } = await ask('GET', '/gateway/attic.example.org')
  t.match(body, { certificate: { serial: certificate.serialNumber.toLowerCase() } })
})

t.test('after a renewal it is the profile of the new certificate', async (t) => {
  const { ask } = await openWithAttic(t)
  const before = new X509Certificate(blockOf((await ask('GET', CONFIGS[0] ?? '')).text, 'cert'))
  const { body } = await ask('POST', '/gateway/attic.example.org/renew', { force: true })
  const after = new X509Certificate(blockOf((await ask('GET', CONFIGS[0] ?? '')).text, 'cert'))
  t.not(after.serialNumber, before.serialNumber)
  t.match(body, { certificate: { serial: after.serialNumber.toLowerCase() } })
})

t.test('a key that never was here has a place where it is to be pasted', async (t) => {
  const folder = t.testdir({})
  const key = ['-newkey', 'ed25519', '-nodes', '-keyout', join(folder, 'device.key')]
  const csr = openssl(['req', '-new', ...key, '-subj', '/CN=attic.example.org']).output
  const { ask } = await openWithAttic(t, {}, { csr })
  const { status, text } = await ask('GET', CONFIGS[0] ?? '')
  t.equal(status, 200)
  t.notMatch(text, /BEGIN PRIVATE KEY/)
  t.match(text, /It is not complete: paste the private key below/)
  t.match(blockOf(text, 'key'), /^# PASTE HERE the private key that belongs to your certificate request/)
})

t.test('a disabled gateway’s profile can still be had, because enabling it needs no new one', async (t) => {
  const { ask } = await openWithAttic(t)
  await ask('PATCH', '/gateway/attic.example.org', { disabled: true })
  t.equal((await ask('GET', CONFIGS[0] ?? '')).status, 200)
})

t.test('what is unknown, or no name, has no profile', async (t) => {
  const { ask } = await openTestApp(t)
  for (const path of CONFIGS) {
    t.match((await ask('GET', path)).body, { type: '/problems/gateway-unknown', status: 404 })
    t.match((await ask('GET', path.replace('attic', 'At%0atic'))).body, { type: '/problems/bad-name', status: 400 })
    t.match((await ask('GET', `${path}?format=zip`)).body, { errors: [{ field: '/format' }], status: 400 })
  }
})

t.test('a refusal is no download: it must not be saved as a profile', async (t) => {
  const { ask } = await openTestApp(t)
  const { status, headers } = await ask('GET', CONFIGS[0] ?? '')
  t.equal(status, 404)
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  t.notOk(headers['content-disposition'])
})

t.test('a key that can’t be opened any more is said to be so, and nothing of it is shown', async (t) => {
  const { ask, unit } = await openWithAttic(t)
  const database = new BetterSqlite3(unit.layout.database)
  database.exec("update certificates set sealed_key = x'01' || randomblob(100) where kind = 'gateway'")
  database.close()
  const { status, headers, body } = await ask('GET', CONFIGS[0] ?? '')
  t.equal(status, 409)
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(body, { type: '/problems/key-unreadable', detail: /can't be opened/ })
  t.equal((await ask('POST', '/gateway/attic.example.org/renew', { force: true })).status, 201, 'a new one helps')
  t.equal((await ask('GET', CONFIGS[0] ?? '')).status, 200)
})

import { X509Certificate } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openssl } from '../ca/testing/program.ts'
import { askAs, openTestApp } from '../testing/test-unit.ts'

t.test('the authority’s certificate is open to everybody and is read by openssl', async (t) => {
  const { api, folder, unit } = await openTestApp(t)
  const { status, headers, text } = await askAs(api, undefined)('GET', '/ca.crt')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/x-pem-file')
  t.equal(text, readFileSync(join(folder, 'pki/ca.crt'), 'utf8'))
  const { isWell, output } = openssl(['x509', '-noout', '-serial'], text)
  t.ok(isWell)
  t.equal(output.trim().toLowerCase(), `serial=${unit.authority.certificate.serial}`)
  t.ok(new X509Certificate(text).ca)
})

t.test('the revocation list is open to everybody, and openssl refuses what it names', async (t) => {
  const { ask, api, folder } = await openTestApp(t)
  await ask('POST', '/users', { name: 'ada' })
  const { body } = await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  const { serial } = (body as { certificate: { serial: string } }).certificate
  const { text: profile } = await ask('GET', '/gateway/attic.example.org/config')
  const certificate = profile.slice(profile.indexOf('<cert>') + 7, profile.indexOf('</cert>'))
  const check = ['-crl_check', '-CAfile', join(folder, 'pki/ca.crt'), '-CRLfile', join(folder, 'pki/crl.pem')]
  const verify = () => openssl(['verify', ...check, '-attime', '1772366400'], certificate)
  t.ok(verify().isWell)
  await ask('DELETE', '/gateway/attic.example.org')
  t.match(verify(), { isWell: false, output: /certificate revoked/ })
  const { status, headers, text } = await askAs(api, undefined)('GET', '/crl.pem')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/x-pem-file')
  t.equal(text, readFileSync(join(folder, 'pki/crl.pem'), 'utf8'))
  t.match(openssl(['crl', '-noout', '-text'], text).output.toLowerCase(), serial)
})

t.test('they are what is in place, read at each call', async (t) => {
  const { ask } = await openTestApp(t)
  const { text } = await ask('GET', '/crl.pem')
  await ask('POST', '/users', { name: 'ada' })
  await ask('POST', '/gateways', { name: 'attic.example.org', user: 'ada' })
  t.equal((await ask('GET', '/crl.pem')).text, text, 'a creation revokes nothing')
  await ask('DELETE', '/gateway/attic.example.org')
  t.not((await ask('GET', '/crl.pem')).text, text)
})

t.test('HEAD says what GET would, without it', async (t) => {
  const { ask } = await openTestApp(t)
  for (const path of ['/ca.crt', '/crl.pem']) {
    const { headers } = await ask('GET', path)
    const head = await ask('HEAD', path)
    t.equal(head.status, 200)
    t.equal(head.text, '')
    for (const name of ['content-type', 'content-length']) t.equal(head.headers[name], headers[name], name)
  }
})

t.test('a file that is not there is a fault of the service, and its place stays unsaid', async (t) => {
  const { ask, folder, logged } = await openTestApp(t)
  renameSync(join(folder, 'pki/ca.crt'), join(folder, 'pki/ca.crt.away'))
  const { status, headers, text, body } = await ask('GET', '/ca.crt')
  t.equal(status, 500)
  t.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  t.match(body, { type: '/problems/internal', detail: 'Something went wrong here; the log of the service says what.' })
  for (const word of [folder, 'ENOENT', 'node:', '.ts']) t.notMatch(text, word)
  t.match(
    logged.find(({ level }) => level === 50),
    { err: { code: 'ENOENT', stack: /ca\.crt/ } },
    'the log has it',
  )
})

t.test('nothing else of the data directory is served', async (t) => {
  const { ask } = await openTestApp(t)
  for (const path of [
    '/pki/ca.crt',
    '/ca.key',
    '/pki/private/ca.key',
    '/admin-token',
    '/database.sqlite3',
    '/ca.crt/',
    '/ca.crt/..',
  ]) {
    t.equal((await ask('GET', path)).status, 404, path)
  }
})

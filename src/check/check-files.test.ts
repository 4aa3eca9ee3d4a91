import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { differencesOf, reportDifferences } from './check-files.ts'
import { expectedFiles } from './expected-files.ts'
import { openInstallation } from './testing/installation.ts'

t.test('every file that is not what the database says is found, and how', async (t) => {
  const { config, layout, unit, site } = await openInstallation(t)
  const expected = expectedFiles(config, layout, { store: unit.store, site: site(), vault: unit.vault })
  const look = () =>
    differencesOf(expected, layout).map(({ path, how }) => `${path.slice(layout.data.length + 1)} ${how}`)
  t.same(look(), [])
  appendFileSync(join(layout.clients, 'a.example.org'), 'push "route 0.0.0.0"\n')
  rmSync(join(layout.clients, 'b.example.org'))
  writeFileSync(join(layout.clients, 'c.example.org'), '')
  writeFileSync(join(layout.clients, '.vpnunit-0123456789ab.tmp'), '')
  chmodSync(layout.caCertificate, 0o600)
  rmSync(layout.serverKey)
  mkdirSync(layout.serverKey)
  t.same(look().sort(), [
    'ovpn/clients/.vpnunit-0123456789ab.tmp is of no gateway',
    'ovpn/clients/a.example.org is another',
    'ovpn/clients/b.example.org is missing',
    'ovpn/clients/c.example.org is of no gateway',
    "ovpn/server.key can't be read: EISDIR: illegal operation on a directory, read",
    'pki/ca.crt is closed to OpenVPN',
  ])
})

t.test('an empty data directory misses everything', async (t) => {
  const { config, layout, unit, site } = await openInstallation(t)
  const expected = expectedFiles(config, layout, { store: unit.store, site: site(), vault: undefined })
  rmSync(layout.ovpn, { recursive: true })
  t.equal(differencesOf(expected, layout).length, expected.filter(({ path }) => path.startsWith(layout.ovpn)).length)
})

t.test('the first few are told, and how many there are', async (t) => {
  const where = { total: 9, data: '/data', isServed: false }
  t.match(reportDifferences([], where), { level: 'ok', detail: '9 files are what the database says' })
  const differences = Array.from({ length: 7 }, (_, n) => ({ path: `/data/ovpn/clients/g${n}`, how: 'is missing' }))
  const finding = reportDifferences(differences, where)
  t.match(finding, { level: 'problem', code: 'files-differ', remedy: 'the next start makes them right' })
  t.match(
    finding.detail,
    /^7 files in \/data are not .*: "ovpn\/clients\/g0" is missing,.*"ovpn\/clients\/g4" is missing and 2 more$/,
  )
  t.match(reportDifferences(differences, { ...where, isServed: true }), { remedy: 'vpnunit status says' })
})

t.test('the name of a stray file begins no line of its own', async (t) => {
  const differences = [{ path: '/data/ovpn/clients/a\nok: b', how: 'is of no gateway' }]
  t.notMatch(reportDifferences(differences, { total: 1, data: '/data', isServed: false }).detail, '\n')
})

import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { layoutOf } from '../publish/layout.ts'
import { type Difference, differencesOf, lasting, reportDifferences } from './check-files.ts'
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
  writeFileSync(layout.instanceConf(9), '')
  chmodSync(layout.caCertificate, 0o600)
  rmSync(layout.serverKey)
  mkdirSync(layout.serverKey)
  t.same(look().sort(), [
    'ovpn/clients/.vpnunit-0123456789ab.tmp is of no gateway',
    'ovpn/clients/a.example.org is another',
    'ovpn/clients/b.example.org is missing',
    'ovpn/clients/c.example.org is of no gateway',
    'ovpn/instance-9.conf is of no instance',
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
  const report = (differences: Difference[], isServed = false) =>
    reportDifferences({ differences, total: 9 }, '/data', isServed)
  t.match(report([]), { level: 'ok', detail: '9 files are what the database says' })
  const differences = Array.from({ length: 7 }, (_, n) => ({
    path: `/data/ovpn/clients/g${n}`,
    how: 'is missing',
    state: '',
  }))
  const finding = report(differences)
  t.match(finding, { level: 'problem', code: 'files-differ', remedy: 'the next start makes them right' })
  t.match(
    finding.detail,
    /^7 files are not what the database says, in \/data: "ovpn\/clients\/g0" is missing,.*"ovpn\/clients\/g4" is missing and 2 more$/,
  )
  t.match(report(differences, true), { remedy: 'vpnunit status says' })
})

t.test('the name of a stray file begins no line of its own', async (t) => {
  const differences = [{ path: '/data/ovpn/clients/a\nok: b', how: 'is of no gateway', state: '' }]
  t.notMatch(reportDifferences({ differences, total: 1 }, '/data', false).detail, '\n')
})

t.test('what is being written is not taken for wrong, what nobody writes is', async (t) => {
  const folder = t.testdir({ still: 'a', written: 'a', replaced: 'a', mended: 'a' })
  const layout = { ...layoutOf(folder), clients: join(folder, 'none') }
  const expected = ['still', 'written', 'replaced', 'mended', 'missing', 'made'].map((name) => {
    return { path: join(folder, name), text: 'b', mode: 0o644 }
  })
  const first = differencesOf(expected, layout)
  t.equal(first.length, 6)
  appendFileSync(join(folder, 'written'), 'c')
  writeFileSync(join(folder, 'new'), 'a')
  renameSync(join(folder, 'new'), join(folder, 'replaced'))
  writeFileSync(join(folder, 'mended'), 'b')
  writeFileSync(join(folder, 'made'), 'c')
  const names = lasting(first, differencesOf(expected, layout)).map(({ path }) => path.slice(folder.length + 1))
  t.same(names, ['still', 'missing'])
})

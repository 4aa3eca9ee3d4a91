import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { expectedFiles } from './expected-files.ts'
import { openInstallation } from './testing/installation.ts'

t.test('what is expected is what publish makes, file by file, to the letter and to the mode', async (t) => {
  const { config, layout, unit, site } = await openInstallation(t)
  const expected = expectedFiles(config, layout, { store: unit.store, site: site(), vault: unit.vault })
  for (const { path, text, mode, isSame } of expected) {
    const is = readFileSync(path, 'utf8')
    if (isSame === undefined) t.equal(is, text, path)
    else t.ok(isSame(is) && !isSame(is.slice(0, -1)), path)
    t.equal(lstatSync(path).mode & 0o777, mode, path)
  }
  // The revocation list is judged by itself, and of the keys nobody can say what they should be.
  const others = [layout.crl, layout.caKey, layout.storageKey]
  const made = [layout.pki, layout.ovpn, layout.ip, layout.firewall].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  )
  const paths = made.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !others.includes(path))
  t.same(paths.sort(), expected.map(({ path }) => path).sort())
})

t.test('without the vault everything is expected but what it opens', async (t) => {
  const { config, layout, unit, site } = await openInstallation(t)
  const paths = expectedFiles(config, layout, { store: unit.store, site: site(), vault: undefined }).map(
    ({ path }) => path,
  )
  t.notOk(paths.includes(layout.serverKey))
  t.ok(paths.includes(layout.serverCertificate))
})

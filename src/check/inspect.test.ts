import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { listenOnSocket } from '../serve/listeners.ts'
import { START } from '../testing/test-unit.ts'
import { NoCopy } from './database-copy.ts'
import { explainNoCopy, inspect } from './inspect.ts'
import { codesOf, openInstallation, shortFolder } from './testing/installation.ts'
import { askForServer } from './who-serves.ts'

const configOf = (data: string) => readConfig({ VPNUNIT_DATA: data, VPNUNIT_REMOTE: 'vpn.example.org 1194 udp' })
const codesIn = async (data: string) => codesOf(await inspect(configOf(data), START))

t.test('an installation that was stopped is right in every subject', async (t) => {
  const { close, folder } = await openInstallation(t)
  await close()
  const findings = await inspect(configOf(folder), START)
  const subjects = [
    'server',
    'folders',
    'secrets',
    'database',
    'ca-key',
    'storage-key',
    'fit',
    'authority',
    'server-certificate',
    'crl',
    'files',
  ]
  t.same(
    findings.map(({ code }) => code),
    subjects,
  )
  t.ok(findings.every(({ level }) => level === 'ok'))
  t.same(
    readdirSync(tmpdir()).filter((name) => name.startsWith('vpnunit-check-')),
    [],
    'no copy is left',
  )
})

t.test('where nothing was started yet there is nothing wrong', async (t) => {
  const folder = shortFolder(t)
  t.same(await codesIn(join(folder, 'none')), ['problem data-missing'])
  t.same(await codesIn(folder), ['note not-founded'])
  writeFileSync(join(folder, 'database.sqlite3'), '', { mode: 0o600 })
  t.same(await codesIn(folder), ['note migration-pending', 'note not-founded'])
})

t.test('a database that is gone is a problem wherever its files still are', async (t) => {
  const { close, folder, layout } = await openInstallation(t)
  await close()
  rmSync(layout.database)
  t.same(await codesIn(folder), ['problem database-missing'])
  for (const path of [layout.caKey, layout.storageKey, layout.crl]) rmSync(path)
  t.same(await codesIn(folder), ['problem database-missing'], 'clients are there')
  rmSync(layout.clients, { recursive: true })
  mkdirSync(layout.clients)
  t.same(await codesIn(folder), ['note not-founded'])
})

t.test('a damaged database is said alone: nothing can be compared with it', async (t) => {
  const { close, folder, layout } = await openInstallation(t)
  await close()
  rmSync(layout.caKey)
  writeFileSync(layout.database, 'no database'.repeat(100))
  t.same(await codesIn(folder), ['problem database-unreadable'])
  rmSync(layout.database)
  mkdirSync(layout.database, { mode: 0o700 })
  t.match(await inspect(configOf(folder), START), [{}, {}, {}, { code: 'database-unreadable', remedy: 'room in' }])
})

t.test('everything that is wrong is said at once', async (t) => {
  const { close, folder, layout } = await openInstallation(t)
  await close()
  for (const path of [layout.caKey, layout.storageKey, layout.crl]) rmSync(path)
  writeFileSync(layout.serverConf, 'mine')
  t.same(await codesIn(folder), [
    'problem ca-key-missing',
    'problem storage-key-missing',
    'problem crl-missing',
    'problem files-differ',
  ])
})

t.test('a server is given time to write what it committed, and no more than that', async (t) => {
  const { folder, unit, layout } = await openInstallation(t)
  const listener = await listenOnSocket(await buildApp(unit), layout.socket)
  t.teardown(() => listener.close())
  const path = join(layout.clients, 'a.example.org')
  const text = readFileSync(path)
  rmSync(path)
  const looked = inspect(configOf(folder), START, 60_000)
  await askForServer(layout)
  await new Promise((resolve) => setImmediate(resolve))
  writeFileSync(path, text)
  t.same(codesOf(await looked), [], 'it was written meanwhile')
  rmSync(path)
  const [finding] = (await inspect(configOf(folder), START, 10)).filter(({ level }) => level !== 'ok')
  t.match(finding, {
    code: 'files-differ',
    detail: /: "ovpn\/clients\/a\.example\.org" is missing$/,
    remedy: 'vpnunit status',
  })
})

t.test('a restored backup of three files lacks what the next start makes', async (t) => {
  const { close, layout } = await openInstallation(t)
  await close()
  const folder = shortFolder(t)
  for (const path of [layout.database, layout.caKey, layout.storageKey]) {
    cpSync(path, join(folder, path.slice(layout.data.length)), { recursive: true })
  }
  t.same(await codesIn(folder), ['warning open-to-others', 'problem crl-missing', 'problem files-differ'])
})

t.test('a database that is written too quickly to be copied is no fault', async (t) => {
  t.match(explainNoCopy(new NoCopy('it changed', true)), { level: 'warning', code: 'database-busy' })
  t.match(explainNoCopy(new NoCopy('no room')), { level: 'problem', code: 'database-unreadable', detail: 'no room' })
})

t.test('of what is closed to the caller it is said who is to call', async (t) => {
  const { close, folder, layout } = await openInstallation(t)
  await close()
  const isRoot = process.getuid?.() === 0
  if (!isRoot) chmodSync(layout.privateKeys, 0o000)
  t.teardown(() => chmodSync(layout.privateKeys, 0o700))
  // Loaded by whoever may, for the checkout need not be readable by everybody.
  const program = `const { inspect } = await import(${JSON.stringify(join(import.meta.dirname, 'inspect.ts'))})
    const { readConfig } = await import(${JSON.stringify(join(import.meta.dirname, '../config.ts'))})
    if (${isRoot}) { process.setgroups([]); process.setgid(65534); process.setuid(65534) }
    const config = readConfig({ VPNUNIT_DATA: ${JSON.stringify(folder)} })
    console.log(JSON.stringify(await inspect(config, new Date())))`
  const args = ['-i', process.execPath, '--input-type=module', '--eval', program]
  t.match(JSON.parse(execFileSync('env', args, { encoding: 'utf8' })), [
    {
      level: 'problem',
      code: 'data-closed',
      detail: /^the data directory can't be read: EACCES: .*ca\.key/,
      remedy: 'call this as the user the service runs as, or as root',
    },
  ])
})

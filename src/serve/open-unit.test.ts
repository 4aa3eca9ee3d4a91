import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import t, { type Test } from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createUser } from '../provision/create-user.ts'
import { openTestUnit, TOKEN } from '../testing/test-unit.ts'

const CALLER = { actor: 'root', requestId: 'r-1' }
const ADA = parseUserName('ada')

/** A data directory with two gateways, whose service was stopped; and how to start it again. */
async function stopped(t: Test, env: Record<string, string> = {}) {
  const first = await openTestUnit(t, env)
  const { unit, folder } = first
  await createUser(unit, CALLER, { name: ADA })
  for (const n of [0, 1]) {
    await createGateway(unit, CALLER, { name: parseFqdn(`g${n}.example.org`), user: ADA, key: { keyType: 'ec-p256' } })
  }
  await first.close()
  // What grew in the first life is written whole by the second one.
  await (await openTestUnit(t, env, first)).close()
  return {
    ...first,
    start: (changed = env) => openTestUnit(t, changed, first),
    at: (path: string) => join(folder, path),
  }
}

/** Every file but the database's, with what would tell that it was written, or with its text. */
function files(data: string, say: (path: string) => string): Map<string, string> {
  const names = readdirSync(data, { recursive: true, encoding: 'utf8' }).sort()
  const artefacts = names.filter((name) => !/^(database|serve\.lock)/.test(name) && statSync(join(data, name)).isFile())
  return new Map(artefacts.map((name) => [name, say(join(data, name))]))
}

const markOf = (path: string) => [statSync(path).ino, statSync(path).mtimeMs, statSync(path).ctimeMs].join(' ')
const textOf = (path: string) => readFileSync(path, 'latin1')
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

t.test('the first start makes everything that OpenVPN needs, each with its mode', async (t) => {
  const { unit, folder, logged } = await openTestUnit(t)
  t.strictSame(Object.fromEntries(files(folder, modeOf)), {
    'firewall/ruleset.nft': '644',
    'ip/routes': '644',
    'ovpn/instance-0.conf': '644',
    'ovpn/server.conf': '644',
    'ovpn/server.crt': '644',
    'ovpn/server.key': '600',
    'ovpn/tls-crypt-v2.key': '600',
    'pki/ca.crt': '644',
    'pki/crl.pem': '644',
    'pki/private/ca.key': '600',
    'pki/private/storage.key': '600',
  })
  t.match(unit, { serverName: 'localhost', startedAt: new Date('2026-03-01T12:00:00Z') })
  t.equal(unit.store.site.revision(), 2, 'a list and a certificate of the server')
  t.same(logged, [])
})

t.test('a start on an untouched folder touches no file', async (t) => {
  const { folder, start } = await stopped(t)
  const before = files(folder, markOf)
  const { unit } = await start()
  t.same(files(folder, markOf), before)
  t.equal(unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0]?.action, 'gateway.create', 'nor changes anything')
})

t.test('a start heals what was edited and removed, and removes what is stray', async (t) => {
  const { folder, start, at } = await stopped(t)
  const before = files(folder, textOf)
  const secrets = ['pki/private/ca.key', 'pki/private/storage.key', 'pki/crl.pem']
  for (const name of before.keys()) if (!secrets.includes(name)) writeFileSync(at(name), 'edited')
  rmSync(at('ovpn/clients/g1.example.org'))
  rmSync(at('ovpn/server.key'))
  for (const stray of ['ovpn/clients/gone.example.org', 'ip/.vpnunit-0123456789ab.tmp', '.vpnunit-0123456789ab.tmp']) {
    writeFileSync(at(stray), '')
  }
  await start()
  t.same(files(folder, textOf), before)
})

t.test('a start makes folders anew', async (t) => {
  const { folder, start, at } = await stopped(t)
  const before = files(folder, textOf)
  for (const name of ['ovpn', 'ip']) rmSync(at(name), { recursive: true })
  await start()
  t.same(files(folder, textOf), before)
})

t.test('a start sweeps away what a crash left beside the keys', async (t) => {
  const { start, at } = await stopped(t)
  writeFileSync(at('pki/private/.vpnunit-0123456789ab.tmp'), 'half of a key')
  await start()
  t.same(readdirSync(at('pki/private')).sort(), ['ca.key', 'storage.key'])
})

t.test('a start publishes what was committed before a crash', async (t) => {
  const { at, start } = await stopped(t)
  const crashed = await start()
  await crashed.unit.store.write(() => crashed.unit.store.users.setDisabled(2, true))
  await crashed.close()
  t.notMatch(textOf(at('ovpn/clients/g0.example.org')), 'disable')
  await start()
  t.match(textOf(at('ovpn/clients/g0.example.org')), '\ndisable\n')
  t.equal(textOf(at('ip/routes')), 'unreachable 2001:470:c844::/48 metric 4096\n')
})

t.test('another site prefix renumbers everything, and nothing else', async (t) => {
  const { start, at } = await stopped(t)
  await t.rejects(start({ VPNUNIT_PREFIX: '2001:db8::/48' }), { name: 'StartError', message: 'VPNUNIT_RENUMBER_FROM' })
  const from = { VPNUNIT_RENUMBER_FROM: '2001:470:c844::/48' }
  const { unit } = await start({ ...from, VPNUNIT_PREFIX: '2001:db8::/48', VPNUNIT_DEVICE: 'vpn7' })
  const noted = unit.store.audit.list(99, 9).find(({ action }) => action === 'site.renumber')
  t.match(noted, { object: '2001:db8::/48', detail: { from: '2001:470:c844::/48', gateways: 2 } })
  t.match(textOf(at('ovpn/clients/g1.example.org')), 'iroute-ipv6 2001:db8:0:210::/60\n')
  t.match(textOf(at('ovpn/server.conf')), 'ifconfig-ipv6 2001:db8::1/64 2001:db8::2\n')
  t.match(textOf(at('ip/routes')), '\n2001:db8:0:200::/60 dev vpn7\n')
})

t.test('the server’s name stays what it was at the first start', async (t) => {
  const { start } = await stopped(t, { VPNUNIT_REMOTE: 'old.example.org 1194 udp' })
  const { unit, close } = await start({ VPNUNIT_REMOTE: 'new.example.org 1194 udp' })
  t.equal(unit.serverName, 'old.example.org')
  await close()
  await t.rejects(start({ VPNUNIT_SERVER_NAME: 'new.example.org' }), { name: 'StartError' })
})

t.test('the token is the setting’s, or else the file’s', async (t) => {
  const { start, at } = await stopped(t)
  t.notOk(existsSync(at('admin-token')))
  const { unit } = await start({ VPNUNIT_ADMIN_TOKEN: '' })
  t.ok(unit.adminToken.equals(textOf(at('admin-token')).trim()))
  t.notOk(unit.adminToken.equals(TOKEN))
})

t.test('a second service on the folder is refused, and told who serves', async (t) => {
  const opened = await openTestUnit(t)
  await t.rejects(openTestUnit(t, {}, opened), {
    message: `another vpnunit serves this data directory: process ${process.pid}`,
  })
  await opened.close()
  await openTestUnit(t, {}, opened)
})

t.test(
  'a start that is refused holds neither the lock nor the database',
  { skip: !existsSync('/proc/self/fd') },
  async (t) => {
    const { folder, start, at } = await stopped(t)
    const key = readFileSync(at('pki/private/storage.key'))
    writeFileSync(at('pki/private/storage.key'), 'x'.repeat(32))
    await t.rejects(start(), { name: 'StartError', message: 'storage.key is not the one' })
    const held = readdirSync('/proc/self/fd').flatMap((fd) => {
      const path = linkOf(`/proc/self/fd/${fd}`)
      return path.startsWith(folder) ? [path] : []
    })
    t.same(held, [])
    writeFileSync(at('pki/private/storage.key'), key)
    await start()
  },
)

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

t.test('files that can’t be written keep the API from nothing, and are told in the log', async (t) => {
  const { start, at } = await stopped(t)
  rmSync(at('ip/routes'))
  mkdirSync(at('ip/routes/in the way'), { recursive: true })
  const { unit, logged, close } = await start()
  t.match(logged[0], { level: 50, msg: 'publishing failed; it is tried again' })
  t.match(unit.publisher.state(), { fault: /EISDIR|directory/ })
  t.equal(unit.store.gateways.total(), 2)
  await close()
})

t.test('a database of a newer version is refused, and left as it is', async (t) => {
  const first = await openTestUnit(t)
  await first.close()
  const path = join(first.folder, 'database.sqlite3')
  const database = new BetterSqlite3(path)
  database.prepare("insert into __drizzle_migrations (hash, created_at) values ('of-tomorrow', 4102444800000)").run()
  database.close()
  const before = readFileSync(path)
  await t.rejects(openTestUnit(t, {}, first), { name: 'StartError', message: /newer version of vpnunit/ })
  t.ok(readFileSync(path).equals(before))
})

t.test('what a restore has opened to others is closed again', async (t) => {
  const first = await openTestUnit(t)
  await first.close()
  const secrets = ['database.sqlite3', 'pki/private/ca.key', 'pki/private/storage.key']
  const modes = () => [...secrets, 'pki/private'].map((path) => statSync(join(first.folder, path)).mode & 0o777)
  for (const path of secrets) chmodSync(join(first.folder, path), 0o644)
  chmodSync(join(first.folder, 'pki/private'), 0o755)
  await openTestUnit(t, {}, first)
  t.same(modes(), [0o600, 0o600, 0o600, 0o700])
})

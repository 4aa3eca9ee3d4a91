import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../lab/temporary-folder.ts'
import { addUser } from './asking.ts'
import { listFiles } from './files.ts'
import { type Environment, type Refusal, refusedStart, STACK, startService } from './start.ts'
import { freePort } from './tcp.ts'

/** What the shell is told of a wrong setting, and of anything else that keeps the service from starting. */
const WRONG_SETTING = 2
const REFUSED = 1

const WRONG: Record<string, string> = {
  VPNUNIT_HOST: 'localhost',
  VPNUNIT_PORT: '65536',
  VPNUNIT_TLS_CERT: '/etc/tls.crt',
  VPNUNIT_ALLOW_PLAIN_HTTP: 'true',
  VPNUNIT_ADMIN_TOKEN: 'short',
  VPNUNIT_PREFIX: '2001:470:c844::/64',
  VPNUNIT_REMOTE: 'vpn.example.org 1194',
  VPNUNIT_SERVER_NAME: 'VPN',
  VPNUNIT_PUSH_ROUTES: '2000::1/3',
  VPNUNIT_KEY_TYPE: 'dsa',
  VPNUNIT_CERT_DAYS: '0',
  VPNUNIT_RENEW_DAYS: '-1',
  VPNUNIT_CRL_DAYS: '1.5',
  VPNUNIT_DEVICE: 'tun0; rm',
  VPNUNIT_API: 'ftp://localhost',
  VPNUNIT_LOG_LEVEL: 'loud',
  VPNUNIT_PROT: '8080',
}

t.test('each wrong setting stops the start with its name', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const starts = Object.entries(WRONG).map(async ([name, value]) => {
    return [name, await refusedStart(t, data, { [name]: value })] as const
  })
  for (const [name, refusal] of await Promise.all(starts)) {
    t.equal(refusal.code, WRONG_SETTING)
    t.match(refusal.words, new RegExp(`^  ${name.replace('TLS_CERT', 'TLS_KEY')}\\b`, 'm'), `${name} is named`)
    t.notMatch(refusal.words, STACK)
  }
  t.throws(() => listFiles(data), { code: 'ENOENT' }, 'nothing was made')
})

t.test('wrong settings are all named at once, and a token among them is not repeated', async (t) => {
  const { code, words } = await refusedStart(t, join(temporaryFolder(t), 'data'), WRONG)
  t.equal(code, WRONG_SETTING)
  for (const name of Object.keys(WRONG)) t.match(words, new RegExp(`^  ${name.replace('TLS_CERT', 'TLS_KEY')}\\b`, 'm'))
  t.notMatch(words, WRONG.VPNUNIT_ADMIN_TOKEN)
  t.notMatch(words, STACK)
})

/** The start is refused in plain words that say these things. */
function isRefused(t: Test, { code, words }: Refusal, ...said: (RegExp | string)[]): void {
  t.equal(code, REFUSED)
  for (const each of said) t.match(words, each)
  t.notMatch(words, STACK)
}

t.test('a setting that names what is not there, or not what it must be, stops the start with its name', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, 'this is no key')
  const port = String(await freePort())
  const missing = join(folder, 'missing.pem')
  const cases: [string, Environment][] = [
    ['VPNUNIT_TLS_CERT', { VPNUNIT_PORT: port, VPNUNIT_TLS_CERT: missing, VPNUNIT_TLS_KEY: missing }],
    ['VPNUNIT_TLS_CERT', { VPNUNIT_PORT: port, VPNUNIT_TLS_CERT: file, VPNUNIT_TLS_KEY: file }],
    ['VPNUNIT_CA_PASSPHRASE_FILE', { VPNUNIT_CA_PASSPHRASE_FILE: missing }],
    ['VPNUNIT_HOST', { VPNUNIT_PORT: port, VPNUNIT_HOST: '192.0.2.1', VPNUNIT_ALLOW_PLAIN_HTTP: 'yes' }],
    ['VPNUNIT_ENV_FILE', { VPNUNIT_ENV_FILE: missing }],
    ['VPNUNIT_DATA', { VPNUNIT_DATA: file }],
    ['VPNUNIT_DATA', { VPNUNIT_DATA: join(file, 'data') }],
    ['VPNUNIT_DATA', { VPNUNIT_DATA: join(folder, 'so-long-a-name-that-no-socket-fits-'.repeat(4)) }],
  ]
  const starts = cases.map(([, environment], n) => refusedStart(t, join(folder, `data-${n}`), environment))
  for (const [n, { code, words }] of (await Promise.all(starts)).entries()) {
    const [name, environment] = cases[n] ?? ['', {}]
    t.ok(code === REFUSED || code === WRONG_SETTING)
    t.match(words, name, `${JSON.stringify(environment).replaceAll(folder, '')} names ${name}`)
    t.notMatch(words, STACK)
  }
})

t.test('a port in use is said with the name of its setting, and nothing is left open', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const other = createServer()
  const port = await freePort()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  t.teardown(() => void other.close())
  isRefused(t, await refusedStart(t, data, { VPNUNIT_PORT: String(port) }), 'VPNUNIT_PORT', String(port))
  t.notOk('vpnunit.sock' in listFiles(data), 'the unix socket is gone again')
  t.equal((await (await startService(t, data)).request('GET', '/health')).status, 200)
})

t.test('settings that the installation has grown out of stop the start, and the old ones still work', async (t) => {
  const data = join(temporaryFolder(t), 'data')
  const first = await startService(t, data, {
    VPNUNIT_PREFIX: '2001:db8::/40',
    VPNUNIT_REMOTE: 'vpn.example.org 1194 udp',
  })
  await addUser(first, 'ada', 300)
  await first.stop()
  isRefused(t, await refusedStart(t, data), 'VPNUNIT_PREFIX', '2001:470:c844::/48', /\b300\b/)
  const renamed = { VPNUNIT_PREFIX: '2001:db8::/40', VPNUNIT_SERVER_NAME: 'other.example.org' }
  isRefused(t, await refusedStart(t, data, renamed), 'VPNUNIT_SERVER_NAME', 'vpn.example.org', 'other.example.org')

  const moved = await startService(t, data, {
    VPNUNIT_PREFIX: '2001:db8:4000::/40',
    VPNUNIT_REMOTE: '192.0.2.1 443 tcp',
  })
  t.match((await moved.request('GET', '/users/ada')).body, { number: 300, hex: '012c' })
  t.match(
    (await moved.request('GET', '/status')).body,
    { serverName: 'vpn.example.org' },
    'another REMOTE is no other name',
  )
})

import { cpSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { chdir, cwd } from 'node:process'
import { format, inspect } from 'node:util'
import t from 'tap'
import { ConfigError, readConfig, readEnvironment } from './config.ts'
import { parsePrefix } from './domain/prefix.ts'
import { HOME } from './home.ts'
import { SETTINGS } from './settings.ts'

/** What is wrong with these settings, a line each. */
function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

t.test('without any setting every one has its default', async (t) => {
  const { plan, ...config } = readConfig({})
  t.same(config, {
    data: join(HOME, 'data'),
    run: join(HOME, 'data/run'),
    host: '127.0.0.1',
    port: 8080,
    tls: undefined,
    adminToken: undefined,
    remote: { host: 'localhost', port: 1194, protocol: 'udp' },
    serverName: undefined,
    pushRoutes: [parsePrefix('2000::/3')],
    keyType: 'ec-p256',
    certDays: 825,
    renewDays: 30,
    crlDays: 365,
    passphraseFile: undefined,
    device: 'tun0',
    instances: [0],
    hostName: hostname()
      .toLowerCase()
      .replaceAll(/[^a-z0-9.-]/g, '-'),
    agentData: join(HOME, 'data/agent'),
    secondSession: 'replace',
    sessionDays: 400,
    isSharedKillAllowed: false,
    isFirewallLogged: false,
    hasSessionFiles: false,
    api: { socket: join(HOME, 'data/vpnunit.sock') },
    agentApi: { socket: join(HOME, 'data/run/agent.sock') },
    tokenFile: undefined,
    logLevel: 'info',
  })
  t.same(plan.site, parsePrefix('2001:470:c844::/48'))
})

t.test('an empty value counts as none', async (t) => {
  const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']))
  t.same(readConfig(empty), readConfig({}))
})

t.test('variables of others are passed over', async (t) => {
  t.same(readConfig({ PATH: '/bin', VPNUNI: 'x', vpnunit_port: '1', MY_VPNUNIT_PORT: '1' }), readConfig({}))
})

t.test('what is set is used', async (t) => {
  const config = readConfig({
    VPNUNIT_DATA: '/srv/vpn',
    VPNUNIT_PREFIX: '2001:db8::/32',
    VPNUNIT_REMOTE: '  vpn.example.org   443\ttcp ',
    VPNUNIT_PUSH_ROUTES: '2000::/3, fd00::/8',
  })
  t.match(config, {
    data: '/srv/vpn',
    run: '/srv/vpn/run',
    api: { socket: '/srv/vpn/vpnunit.sock' },
    plan: { site: parsePrefix('2001:db8::/32'), userBits: 24 },
    remote: { host: 'vpn.example.org', port: 443, protocol: 'tcp' },
  })
  t.same(config.pushRoutes, [parsePrefix('2000::/3'), parsePrefix('fd00::/8')])
})

t.test('a relative path is relative to the checkout, wherever the command is called', async (t) => {
  const before = cwd()
  t.teardown(() => chdir(before))
  chdir(t.testdir({}))
  const config = readConfig({ VPNUNIT_DATA: 'var', VPNUNIT_RUN: '../run', VPNUNIT_API: 'unix:var/api.sock' })
  t.match(config, { data: join(HOME, 'var'), run: join(HOME, '../run'), api: { socket: join(HOME, 'var/api.sock') } })
})

t.test('what belongs to a VPN host has defaults', async (t) => {
  const config = readConfig({ VPNUNIT_DATA: '/srv/vpn' })
  t.match(config, { instances: [0], agentData: '/srv/vpn/agent', secondSession: 'replace', isSharedKillAllowed: false })
  t.match(config.hostName, /^[a-z0-9.-]+$/)
  t.equal(readConfig({ VPNUNIT_HOST_NAME: 'vpn1.example.org' }).hostName, 'vpn1.example.org')
})

t.test('an instance without a port or a device is a fault', async (t) => {
  const env = { VPNUNIT_INSTANCES: '0 9', VPNUNIT_REMOTE: 'vpn.example.org 65530 udp', VPNUNIT_DEVICE: 'tun0' }
  t.throws(() => readConfig(env), /VPNUNIT_INSTANCES 9 can't be: its port would be 65539/)
})

t.test('a pair of TLS files is a pair', async (t) => {
  const tls = { VPNUNIT_TLS_CERT: '/etc/a.crt', VPNUNIT_TLS_KEY: '/etc/a.key' }
  t.same(readConfig(tls).tls, { certificate: '/etc/a.crt', key: '/etc/a.key' })
  t.same(faultsOf({ VPNUNIT_TLS_CERT: '/etc/a.crt' }), ['VPNUNIT_TLS_KEY must be set when VPNUNIT_TLS_CERT is'])
  t.same(faultsOf({ VPNUNIT_TLS_KEY: '/etc/a.key' }), ['VPNUNIT_TLS_CERT must be set when VPNUNIT_TLS_KEY is'])
})

t.test('plain text is for loopback, unless it is asked for by name or TLS is on', async (t) => {
  for (const VPNUNIT_HOST of ['127.0.0.1', '127.8.8.8', '::1']) t.same(faultsOf({ VPNUNIT_HOST }), [])
  for (const VPNUNIT_HOST of ['0.0.0.0', '::', '192.0.2.1', '2001:db8::1', '::ffff:127.0.0.1', '128.0.0.1']) {
    t.match(faultsOf({ VPNUNIT_HOST }), [`VPNUNIT_HOST ${VPNUNIT_HOST} is not a loopback address`])
    t.same(faultsOf({ VPNUNIT_HOST, VPNUNIT_ALLOW_PLAIN_HTTP: 'yes' }), [])
    t.same(faultsOf({ VPNUNIT_HOST, VPNUNIT_TLS_CERT: '/a.crt', VPNUNIT_TLS_KEY: '/a.key' }), [])
  }
  t.equal(faultsOf({ VPNUNIT_HOST: '::', VPNUNIT_ALLOW_PLAIN_HTTP: 'no' }).length, 1)
})

t.test('a certificate must live longer than it is renewable', async (t) => {
  t.same(faultsOf({ VPNUNIT_CERT_DAYS: '31' }), [])
  t.same(faultsOf({ VPNUNIT_CERT_DAYS: '30' }), ['VPNUNIT_RENEW_DAYS must be less than VPNUNIT_CERT_DAYS, which is 30'])
  t.same(faultsOf({ VPNUNIT_CERT_DAYS: '1', VPNUNIT_RENEW_DAYS: '0' }), [])
})

t.test('a misspelt setting is a fault, and the right names are said', async (t) => {
  const [fault, ...others] = faultsOf({ VPNUNIT_PORTS: '8080' })
  t.match(fault, /^VPNUNIT_PORTS is no setting; there are VPNUNIT_DATA, .*VPNUNIT_LOG_LEVEL$/)
  t.same(others, [])
  t.equal(faultsOf({ VPNUNIT_: '1', VPNUNIT_port: '' }).length, 2, 'empty ones and small ones too')
})

t.test('all faults are told together, each by its name', async (t) => {
  const env = {
    VPNUNIT_TYPO: '1',
    VPNUNIT_HOST: 'localhost',
    VPNUNIT_PORT: 'http',
    VPNUNIT_PREFIX: '2001:db8::/64',
    VPNUNIT_TLS_CERT: '/a.crt',
    VPNUNIT_ALLOW_PLAIN_HTTP: 'true',
    VPNUNIT_CERT_DAYS: '0',
    VPNUNIT_CRL_DAYS: '-1',
  }
  const faults = faultsOf(env)
  t.same(faults.map((fault) => fault.match(/VPNUNIT_\w+/)?.[0]).sort(), [
    'VPNUNIT_ALLOW_PLAIN_HTTP',
    'VPNUNIT_CERT_DAYS',
    'VPNUNIT_CRL_DAYS',
    'VPNUNIT_HOST',
    'VPNUNIT_PORT',
    'VPNUNIT_PREFIX',
    'VPNUNIT_TLS_KEY',
    'VPNUNIT_TYPO',
  ])
  const shown = faults.map((fault) => `\n  ${fault}`).join('')
  t.throws(() => readConfig(env), { name: 'ConfigError', message: `wrong settings:${shown}` })
})

t.test('a config can’t be changed', async (t) => {
  const config = readConfig({})
  t.ok(Object.isFrozen(config))
  t.throws(() => Object.assign(config, { port: 1 }), TypeError)
})

t.test('the token is in no print of the config', async (t) => {
  const token = 'correct-horse-battery-staple'
  const config = readConfig({ VPNUNIT_ADMIN_TOKEN: token })
  t.equal(config.adminToken?.reveal(), token)
  const prints = [
    JSON.stringify(config, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    format(config),
    format('%s %o %O', config, config, config),
    inspect(config, { depth: null, showHidden: true }),
    inspect(config, { depth: null, showHidden: true, customInspect: false }),
    inspect({ unit: { config } }, { depth: null, getters: true }),
    String(config.adminToken),
  ]
  for (const print of prints) t.notMatch(print, token)
})

t.test('a wrong token is not told in the fault', async (t) => {
  for (const token of ['secret', 'secret secret secret secret', `secret${'x'.repeat(600)}`, 'secret-secret-secret\n']) {
    const [fault] = faultsOf({ VPNUNIT_ADMIN_TOKEN: token })
    t.match(fault, /^VPNUNIT_ADMIN_TOKEN must be 16 to 512 printable/)
    t.notMatch(fault, 'secret')
  }
})

t.test('a .env file is read, and what is set outside wins', async (t) => {
  const folder = t.testdir({ env: "# ours\nVPNUNIT_PORT=9000\nVPNUNIT_DEVICE='tun7'\n\nexport VPNUNIT_HOST=::1\n" })
  const env = readEnvironment({ VPNUNIT_ENV_FILE: join(folder, 'env'), VPNUNIT_PORT: '9999' })
  t.match(readConfig(env), { port: 9999, device: 'tun7', host: '::1' })
})

t.test('faults in a .env file are faults', async (t) => {
  const folder = t.testdir({ env: 'VPNUNIT_PROT=9000\nVPNUNIT_PORT=x\n' })
  const env = readEnvironment({ VPNUNIT_ENV_FILE: join(folder, 'env') })
  t.match(faultsOf(env as Record<string, string>), [/^VPNUNIT_PROT is no setting/, /^VPNUNIT_PORT must be/])
})

t.test('without a name it is the .env of the checkout, if there is one', async (t) => {
  const checkout = t.testdir({})
  for (const part of ['config.ts', 'settings.ts', 'setting-texts.ts', 'home.ts', 'domain']) {
    cpSync(join(import.meta.dirname, part), join(checkout, 'src', part), { recursive: true })
  }
  const copy = await import(join(checkout, 'src/config.ts'))
  t.same(copy.readEnvironment({ VPNUNIT_PORT: '1' }), { VPNUNIT_PORT: '1' })
  writeFileSync(join(checkout, '.env'), 'VPNUNIT_PORT=9000\nVPNUNIT_DATA=var\n')
  t.match(copy.readConfig(copy.readEnvironment({})), { port: 9000, data: join(checkout, 'var') })
})

t.test('no .env file is read when its name is empty', async (t) => {
  const env = { VPNUNIT_ENV_FILE: '', VPNUNIT_PORT: '1' }
  t.same(readEnvironment(env), env)
  t.equal(readConfig(readEnvironment(env)).port, 1)
})

t.test('a .env file that is named must be there', async (t) => {
  t.throws(() => readEnvironment({ VPNUNIT_ENV_FILE: join(t.testdir({}), 'none') }), { code: 'ENOENT' })
})

t.test('the agent asks its own socket, or what it is told to', async (t) => {
  const { agentApi, api } = readConfig({ VPNUNIT_DATA: '/d' })
  t.same([agentApi, api], [{ socket: '/d/run/agent.sock' }, { socket: '/d/vpnunit.sock' }])
  t.same(readConfig({ VPNUNIT_RUN: '/r' }).agentApi, { socket: '/r/agent.sock' })
  t.same(readConfig({ VPNUNIT_API: 'unix:/s' }).agentApi, { socket: '/s' })
})

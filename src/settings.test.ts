import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parsePrefix } from './domain/prefix.ts'
import { HOME } from './home.ts'
import { SETTINGS, type SettingName } from './settings.ts'

const src = import.meta.dirname
const read = (file: string) => readFileSync(join(src, file), 'utf8')

/** What runs in production: no tests, and not what only tests use. */
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .filter((file) => !/(^|\/)(testing|e2e|bench)\//.test(file))

t.test('no setting is named in the code but those that there are', async (t) => {
  const known = new Set([...Object.keys(SETTINGS), 'VPNUNIT_ENV_FILE', 'VPNUNIT_'])
  const named = sources.flatMap((file) => read(file).match(/\bVPNUNIT_[A-Z0-9_]*/g) ?? [])
  t.same(
    named.filter((name) => !known.has(name)),
    [],
  )
})

t.test('every setting says what it means in one line', async (t) => {
  for (const [name, { meaning }] of Object.entries(SETTINGS)) t.match(meaning, /^[^\n]{10,}$/, name)
})

t.test('the default of each setting is a value that it takes', async (t) => {
  for (const [name, { fallback, optional, parse }] of Object.entries(SETTINGS)) {
    t.equal(fallback === undefined, optional, name)
    if (fallback !== undefined) t.doesNotThrow(() => parse(fallback), name)
  }
})

t.test('the folder of the checkout is where package.json is', async (t) => {
  t.match(JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')), { name: 'vpnunit' })
})

const PATHS: Cases = {
  good: { '/srv/vpn': '/srv/vpn', 'a/b': join(HOME, 'a/b'), '../b': join(HOME, '../b'), '/a b/ü': '/a b/ü' },
  bad: [],
}
/** A folder of sockets: 87 bytes leave room for the longest of their names. */
const RUN_FOLDERS: Cases = {
  good: { ...PATHS.good, [`/${'a'.repeat(86)}`]: `/${'a'.repeat(86)}` },
  bad: [`/${'a'.repeat(87)}`, `/${'ü'.repeat(44)}`, '/a\nup /tmp/x', '/a\0', '/a\u202e'],
}
const WORDS = ['', ' ', 'none', 'a\nb', '../..', '$(reboot)', '%eth0', '\0']

type Cases = { good: Record<string, unknown>; bad: string[] }

/** For every setting, texts with the value they mean, and texts that it refuses. */
const CASES: Record<SettingName, Cases> = {
  VPNUNIT_DATA: PATHS,
  VPNUNIT_HOST: {
    good: { '127.0.0.1': '127.0.0.1', '::1': '::1', '::': '::', '0.0.0.0': '0.0.0.0', '2001:db8::1': '2001:db8::1' },
    bad: [...WORDS, 'localhost', '127.0.0.1:80', '[::1]', '127.1', '127.0.0.01', ' ::1', '::1\n', '::/0'],
  },
  VPNUNIT_PORT: {
    good: { '0': 0, '1': 1, '8080': 8080, '65535': 65_535 },
    bad: [...WORDS, '65536', '-1', '+1', '1.0', '1e3', '0x50', '80 ', '８０', 'http', '1'.repeat(400)],
  },
  VPNUNIT_TLS_CERT: PATHS,
  VPNUNIT_TLS_KEY: PATHS,
  VPNUNIT_ALLOW_PLAIN_HTTP: { good: { yes: true, no: false }, bad: [...WORDS, 'true', '1', 'YES', 'yes ', 'y'] },
  VPNUNIT_ADMIN_TOKEN: {
    good: {},
    bad: [
      ...WORDS,
      'fifteen-letters',
      'a'.repeat(513),
      'sixteen letters!',
      'schlüssel-schlüssel',
      `${'a'.repeat(16)}\n`,
    ],
  },
  VPNUNIT_RENUMBER_FROM: {
    good: { '2001:470:c844::/48': parsePrefix('2001:470:c844::/48') },
    bad: [...WORDS, '2001:db8::/56'],
  },
  VPNUNIT_PREFIX: {
    good: { '2001:470:c844::/48': parsePrefix('2001:470:c844::/48'), 'fd00::/40': parsePrefix('fd00::/40') },
    bad: [
      ...WORDS,
      '2001:470:c844::1/48',
      '2001:470:c844::',
      '2001:DB8::/32',
      '2001:db8::/56',
      '2000::/3',
      '10.0.0.0/8',
    ],
  },
  VPNUNIT_REMOTE: {
    good: {
      'vpn.example.org 1194 udp': { host: 'vpn.example.org', port: 1194, protocol: 'udp' },
      '192.0.2.1 443 tcp': { host: '192.0.2.1', port: 443, protocol: 'tcp' },
      '2001:db8::1 65535 udp': { host: '2001:db8::1', port: 65_535, protocol: 'udp' },
      ' vpn  1\tudp ': { host: 'vpn', port: 1, protocol: 'udp' },
    },
    bad: [
      ...WORDS,
      'vpn.example.org',
      'vpn.example.org 1194',
      'vpn.example.org udp 1194',
      'vpn.example.org:1194 udp',
      '[::1] 1194 udp',
      'vpn.example.org 0 udp',
      'vpn.example.org 65536 udp',
      'vpn.example.org -1 udp',
      'vpn.example.org 1194 UDP',
      'vpn.example.org 1194 udp6',
      'vpn.example.org 1194 udp extra',
      'VPN.example.org 1194 udp',
      'vpn_1.example.org 1194 udp',
      'vpn..example.org 1194 udp',
      'vpn.example.org. 1194 udp',
      '-vpn.example.org 1194 udp',
      `${'a'.repeat(64)}.org 1194 udp`,
      `${'a.'.repeat(126)}ab 1194 udp`,
    ],
  },
  VPNUNIT_SERVER_NAME: {
    good: { 'vpn.example.org': 'vpn.example.org', vpnunit: 'vpnunit', [`${'a'.repeat(62)}.b`]: `${'a'.repeat(62)}.b` },
    bad: [...WORDS.filter((word) => word !== 'none'), 'VPN.example.org', `${'a.'.repeat(32)}b`, 'a b', 'a.', '::1'],
  },
  VPNUNIT_PUSH_ROUTES: {
    good: {
      none: [],
      '2000::/3': [parsePrefix('2000::/3')],
      '2000::/3 fd00::/8': [parsePrefix('2000::/3'), parsePrefix('fd00::/8')],
      '2000::/3,  fd00::/8': [parsePrefix('2000::/3'), parsePrefix('fd00::/8')],
    },
    bad: ['a\nb', '2000::1/3', '2000::/3 none', '2000::', '0.0.0.0/0', '2000::/3;fd00::/8', '2000::/3 "', 'NONE'],
  },
  VPNUNIT_KEY_TYPE: {
    good: { 'ec-p256': 'ec-p256', ed25519: 'ed25519', 'rsa-4096': 'rsa-4096' },
    bad: [...WORDS, 'rsa', 'EC-P256', 'rsa-1024', 'ec-p521', 'constructor'],
  },
  VPNUNIT_CERT_DAYS: { good: { '1': 1, '3650': 3650 }, bad: [...WORDS, '0', '3651', '-1', '1.5', '1 year'] },
  VPNUNIT_RENEW_DAYS: { good: { '0': 0, '3650': 3650 }, bad: [...WORDS, '3651', '-1', '1.5'] },
  VPNUNIT_CRL_DAYS: { good: { '1': 1, '3650': 3650 }, bad: [...WORDS, '0', '3651', '-1', '1.5'] },
  VPNUNIT_CA_PASSPHRASE_FILE: PATHS,
  VPNUNIT_DEVICE: {
    good: { tun0: 'tun0', 'tun-vpn_1': 'tun-vpn_1', abcdefghijklmno: 'abcdefghijklmno' },
    bad: [
      ...WORDS.filter((word) => word !== 'none'),
      'abcdefghijklmnop',
      '0tun',
      'tun 0',
      'tun0\n',
      'tun.0',
      'tun0;reboot',
    ],
  },
  VPNUNIT_RUN: RUN_FOLDERS,
  VPNUNIT_INSTANCES: {
    good: { '0': [0], '0 1': [0, 1], '2,3': [2, 3], ' 255 ': [255], '1, 0': [1, 0] },
    bad: [...WORDS, '256', '-1', '0 0', '0-3', '1.5', '0x1', '0;1'],
  },
  VPNUNIT_HOST_NAME: {
    good: { vpn1: 'vpn1', 'vpn1.example.org': 'vpn1.example.org' },
    bad: [...WORDS.filter((word) => word !== 'none'), 'Vpn1', 'a_b', '10.0.0.1', '-a', 'a..b'],
  },
  VPNUNIT_AGENT_DATA: PATHS,
  VPNUNIT_SECOND_SESSION: {
    good: { replace: 'replace', refuse: 'refuse' },
    bad: [...WORDS, 'newest', 'Replace', 'replace '],
  },
  VPNUNIT_SESSION_DAYS: { good: { '1': 1, '400': 400, '3650': 3650 }, bad: [...WORDS, '0', '3651', '-1', '1d'] },
  VPNUNIT_SESSION_FILES: { good: { yes: true, no: false }, bad: [...WORDS, 'true', 'YES'] },
  VPNUNIT_FIREWALL_LOG: { good: { yes: true, no: false }, bad: [...WORDS, 'true', 'YES'] },
  VPNUNIT_SHARED_KILL: { good: { yes: true, no: false }, bad: [...WORDS, 'true', 'YES'] },
  VPNUNIT_API: {
    good: {
      'unix:/run/vpnunit.sock': { socket: '/run/vpnunit.sock' },
      'unix:data/vpnunit.sock': { socket: join(HOME, 'data/vpnunit.sock') },
      'https://vpn.example.org:8443': { url: 'https://vpn.example.org:8443' },
    },
    bad: [...WORDS, '/run/vpnunit.sock', 'vpn.example.org', 'vpn.example.org:8080', 'https://', 'ftp://a', 'file:///a'],
  },
  VPNUNIT_TOKEN_FILE: PATHS,
  VPNUNIT_LOG_LEVEL: { good: { info: 'info', silent: 'silent' }, bad: [...WORDS, 'INFO', 'fatal', 'verbose'] },
}

for (const [name, { good, bad }] of Object.entries(CASES)) {
  const { parse } = SETTINGS[name as SettingName]
  t.test(`${name} takes what it may`, async (t) => {
    for (const [text, value] of Object.entries(good)) t.same(parse(text), value, text)
  })
  t.test(`${name} refuses anything else, in words that say what it wants`, async (t) => {
    for (const text of bad) t.throws(() => parse(text), { message: /must|is not|can't be/ }, JSON.stringify(text))
  })
}

t.test('VPNUNIT_ADMIN_TOKEN is kept as a secret', async (t) => {
  for (const token of ['a'.repeat(16), 'a'.repeat(512), '!"#$%&()*+,-./:;<']) {
    t.equal(SETTINGS.VPNUNIT_ADMIN_TOKEN.parse(token).reveal(), token)
  }
})

t.test('VPNUNIT_REMOTE refuses an address with a zone, which no profile can name', async (t) => {
  t.throws(() => SETTINGS.VPNUNIT_REMOTE.parse('fe80::1%eth0 1194 udp'))
})

t.test('VPNUNIT_REMOTE and VPNUNIT_SERVER_NAME refuse what would be an IPv4 address if it were right', async (t) => {
  for (const host of ['192.0.2.256', '192.0.2', '1194']) {
    t.throws(() => SETTINGS.VPNUNIT_REMOTE.parse(`${host} 1194 udp`), Error, host)
    t.throws(() => SETTINGS.VPNUNIT_SERVER_NAME.parse(host), Error, host)
  }
})

t.test('VPNUNIT_PUSH_ROUTES has no other word for none', async (t) => {
  for (const text of [' ', ',', ', ,']) t.throws(() => SETTINGS.VPNUNIT_PUSH_ROUTES.parse(text), Error, text)
})

t.test('VPNUNIT_API refuses a socket without a path', async (t) => {
  t.throws(() => SETTINGS.VPNUNIT_API.parse('unix:'))
})

t.test('VPNUNIT_API refuses to carry a token over a network in the clear', async (t) => {
  t.throws(() => SETTINGS.VPNUNIT_API.parse('http://vpn.example.org:8080'))
})

t.test('VPNUNIT_DEVICE refuses names that OpenVPN takes as "any one of this kind"', async (t) => {
  for (const device of ['tun', 'tap', 'null']) t.throws(() => SETTINGS.VPNUNIT_DEVICE.parse(device), Error, device)
})

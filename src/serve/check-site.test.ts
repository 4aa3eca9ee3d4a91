import t from 'tap'
import { readConfig } from '../config.ts'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import { openStore } from '../store/store.ts'
import { checkSite, defaultServerName } from './check-site.ts'

const ROW = {
  serverName: 'vpn.example.org',
  authorityCertificate: Buffer.from('certificate'),
  sealedTlsCryptKey: Buffer.from('sealed'),
  createdAt: new Date('2026-03-01T12:00:00Z'),
  prefix: '2001:470:c844::/48',
}
const SITE = { id: 1, revision: 0, crlNumber: 0, ...ROW }

/** A store with one user, of this number. */
function storeWithUser(number: number) {
  const store = openStore(':memory:')
  store.users.insert({ number, name: parseUserName('ada'), createdAt: ROW.createdAt })
  return store
}

const NAMES = {
  'vpn.example.org 1194 udp': 'vpn.example.org',
  'localhost 1194 udp': 'localhost',
  '192.0.2.1 1194 udp': 'vpnunit',
  '2001:db8::1 1194 udp': 'vpnunit',
  '::ffff:192.0.2.1 443 tcp': 'vpnunit',
  [`${'a'.repeat(60)}.org 1194 udp`]: `${'a'.repeat(60)}.org`,
  [`${'a'.repeat(61)}.org 1194 udp`]: 'vpnunit',
}

for (const [VPNUNIT_REMOTE, name] of Object.entries(NAMES)) {
  t.test(`the server that is reached at ${VPNUNIT_REMOTE} is called ${name}`, async (t) => {
    t.equal(defaultServerName(readConfig({ VPNUNIT_REMOTE })), name)
  })
}

t.test('settings that fit what is there are fine, and so are none', async (t) => {
  const store = storeWithUser(255)
  t.doesNotThrow(() => checkSite(readConfig({}), store, SITE))
  t.doesNotThrow(() => checkSite(readConfig({ VPNUNIT_SERVER_NAME: 'vpn.example.org' }), store, SITE))
  t.doesNotThrow(() => checkSite(readConfig({ VPNUNIT_REMOTE: 'new.example.org 1194 udp' }), store, SITE))
  t.doesNotThrow(() => checkSite(readConfig({ VPNUNIT_PREFIX: '2001:db8::/48' }), openStore(':memory:'), SITE))
})

t.test('another server name would lock out every client: it is refused, and both names are said', async (t) => {
  const config = readConfig({ VPNUNIT_SERVER_NAME: 'new.example.org' })
  t.throws(() => checkSite(config, openStore(':memory:'), SITE), {
    name: 'StartError',
    message: /VPNUNIT_SERVER_NAME is new\.example\.org.* verifies vpn\.example\.org/,
  })
})

t.test('a site prefix without room for a user that is there is refused', async (t) => {
  const config = readConfig({ VPNUNIT_PREFIX: '2001:470:c844:f000::/52' })
  checkSite(config, storeWithUser(15), SITE)
  t.throws(() => checkSite(config, storeWithUser(16), SITE), {
    name: 'StartError',
    message: /VPNUNIT_PREFIX 2001:470:c844:f000::\/52 has numbers up to 15, but a user has 16/,
  })
})

t.test('another site prefix would renumber every gateway: it takes a word more', async (t) => {
  const store = storeWithUser(2)
  const elsewhere = { VPNUNIT_PREFIX: '2001:db8::/48' }
  t.doesNotThrow(() => checkSite(readConfig(elsewhere), store, SITE), 'there is none')
  store.gateways.insert({ name: parseFqdn('gw.example.org'), userNumber: 2, slot: 0, createdAt: ROW.createdAt })
  for (const VPNUNIT_RENUMBER_FROM of ['', '2001:db8::/48']) {
    t.throws(() => checkSite(readConfig({ ...elsewhere, VPNUNIT_RENUMBER_FROM }), store, SITE), {
      name: 'StartError',
      message:
        /is 2001:db8::\/48, but this installation has 1 gateway in 2001:470:c844::\/48: .*VPNUNIT_RENUMBER_FROM=2001:470:c844::\/48/,
    })
  }
  const meant = { ...elsewhere, VPNUNIT_RENUMBER_FROM: '2001:470:c844::/48' }
  t.doesNotThrow(() => checkSite(readConfig(meant), store, SITE))
  t.doesNotThrow(() => checkSite(readConfig({ VPNUNIT_PREFIX: '2001:470:c844::/47' }), store, SITE), 'it begins there')
  t.doesNotThrow(() => checkSite(readConfig(elsewhere), store, { ...SITE, prefix: null }), 'it was never noted')
})

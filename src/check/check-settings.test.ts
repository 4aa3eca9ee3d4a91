import t from 'tap'
import { ConfigError, readConfig } from '../config.ts'
import { checkSettings, faultyEnvironment } from './check-settings.ts'
import { codesOf } from './testing/installation.ts'

t.test('every wrong setting is a problem of its own', async (t) => {
  const findings = faultyEnvironment(new ConfigError(['VPNUNIT_PORT must be 1', 'VPNUNIT_PROT is no setting']))
  t.same(codesOf(findings), ['problem setting', 'problem setting'])
  t.equal(findings[1]?.detail, 'VPNUNIT_PROT is no setting')
})

t.test('clients that are sent to themselves are hardly meant', async (t) => {
  for (const host of ['localhost', 'vpn.localhost', '127.0.0.1', '127.1.2.3', '::1']) {
    const findings = checkSettings(readConfig({ VPNUNIT_REMOTE: `${host} 1194 udp` }))
    t.same(codesOf(findings), ['warning remote-is-local'], host)
    t.match(findings[0]?.detail, `VPNUNIT_REMOTE is ${host}`)
  }
  for (const host of ['vpn.example.org', 'localhost.example.org', '192.0.2.1', '2001:db8::1']) {
    t.same(codesOf(checkSettings(readConfig({ VPNUNIT_REMOTE: `${host} 1194 udp` }))), [], host)
  }
})

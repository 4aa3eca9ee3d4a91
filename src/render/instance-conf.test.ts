import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { type InstanceSettings, renderInstanceConf } from './instance-conf.ts'
import { renderServerConf } from './server-conf.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')

const SETTINGS: InstanceSettings = {
  plan: planOf(parsePrefix('2001:470:c844::/48')),
  device: 'tun0',
  remote: { port: 1194, protocol: 'udp' },
  data: '/srv/vpnunit',
  run: '/srv/vpnunit/run',
  instances: [0, 1],
}

const managementOf = (run: string) => /^management (.*) unix$/m.exec(renderInstanceConf({ ...SETTINGS, run }, 1))?.[1]

t.test('the first instance, over UDP', async (t) => {
  t.equal(renderInstanceConf(SETTINGS, 0), golden('instance-0-udp.conf'))
})

t.test('another one, over TCP, with a run folder elsewhere', async (t) => {
  const settings = { ...SETTINGS, device: 'vpn', remote: { port: 443, protocol: 'tcp' } as const, run: '/run/vpnunit' }
  t.equal(renderInstanceConf(settings, 17), golden('instance-17-tcp.conf'))
})

t.test('it is the static server’s, but for who is asked', async (t) => {
  const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const [managed, fixed] = [lines(renderInstanceConf(SETTINGS, 0)), lines(renderServerConf(SETTINGS))]
  t.same(
    fixed.filter((line) => !managed.includes(line)),
    ['client-config-dir clients', 'ccd-exclusive'],
  )
  t.same(
    managed.filter((line) => !fixed.includes(line)),
    [
      'management ../run/management-0.sock unix',
      'management-client-auth',
      'management-hold',
      'auth-user-pass-optional',
    ],
  )
})

t.test('a run folder that is more than a word is quoted, and one that OpenVPN can’t take is refused', async (t) => {
  t.equal(managementOf('/run/my vpn'), '"/run/my vpn/management-1.sock"')
  t.equal(managementOf('/run/a"b\\c#d'), '"/run/a\\"b\\\\c#d/management-1.sock"')
  t.throws(() => managementOf('/run/a\nup /tmp/x'), { message: /can't stand in a configuration/ })
  t.throws(() => managementOf(`/run/${'a'.repeat(100)}`), { message: /^VPNUNIT_RUN is too long/ })
})

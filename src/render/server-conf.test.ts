import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { planOf } from '../domain/plan.ts'
import { parsePrefix } from '../domain/prefix.ts'
import { renderServerConf } from './server-conf.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')
const plan = planOf(parsePrefix('2001:470:c844::/48'))

t.test('server.conf over UDP', async (t) => {
  const text = renderServerConf({ plan, device: 'tun0', remote: { port: 1194, protocol: 'udp' } })
  t.equal(text, golden('server-udp.conf'))
})

t.test('server.conf over TCP, of another site and device', async (t) => {
  const site = planOf(parsePrefix('2001:db8::/32'))
  const text = renderServerConf({ plan: site, device: 'vpn7', remote: { port: 443, protocol: 'tcp' } })
  t.equal(text, golden('server-tcp.conf'))
})

t.test('a device that is not one word is no server.conf', async (t) => {
  const remote = { port: 1194, protocol: 'udp' } as const
  for (const device of ['', 'tun 0', 'tun0\nscript-security 2', 'tun0"']) {
    t.throws(() => renderServerConf({ plan, device, remote }), { message: 'is not one word' }, device)
  }
})

import t from 'tap'
import { refuse } from './refuse.ts'
import { FakeHost } from './testing/fake-host.ts'
import { GATEWAY } from './testing/feed.ts'

const refused = {
  cid: 1,
  kid: 1,
  env: new Map([
    ['untrusted_ip', '192.0.2.1'],
    ['untrusted_port', '5'],
  ]),
  serial: null,
}

t.test('a client is told why, and the service who it was', async (t) => {
  const host = new FakeHost()
  const verdict = { kind: 'deny' as const, reason: 'no such gateway' }
  refuse(host, host.place(), { ...refused, commonName: GATEWAY, verdict })
  refuse(host, host.place(), { ...refused, commonName: 'a\nb', verdict })
  t.same(host.place().link.sent[0], 'client-deny 1 1 no such gateway / no such gateway')
  t.match(host.told('refused'), [
    { gateway: GATEWAY, realAddress: '192.0.2.1:5', reason: 'no such gateway' },
    { gateway: '"a\\nb"' },
  ])
})

t.test('who is to come again is told so, and nobody else', async (t) => {
  const host = new FakeHost()
  refuse(host, host.place(), { ...refused, commonName: GATEWAY, verdict: { kind: 'later', reason: 'no state yet' } })
  t.match(host.place().link.sent, [/TEMP\[backoff 3\]/])
  t.same(host.events, [])
})

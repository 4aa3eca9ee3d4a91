import t from 'tap'
import type { CertificateRecordView } from '../http/views.ts'
import { certificateTable, gatewayFacts, gatewayTable, receiptFacts, type ShownGateway } from './gateway-text.ts'

const certificate = {
  serial: '00112233445566778899aabbccddeeff',
  notBefore: '2026-03-01T11:55:00Z',
  notAfter: '2028-06-03T12:00:00Z',
  renewableFrom: '2028-05-04T12:00:00Z',
  keyType: 'ec-p256',
  status: 'valid',
} as const

const gateway = {
  name: 'gw.example.org',
  user: 'ada',
  slot: 0,
  prefix: '2001:470:c844:200::/60',
  address: '2001:470:c844:20f::1',
  disabled: false,
  userDisabled: false,
  certificate,
  createdAt: '2026-03-01T12:00:00Z',
  networks: ['2001:470:c844:200::/64', '2001:470:c844:20f::/64'],
  formerCertificates: [],
  session: null,
  lastSeenAt: null,
} as unknown as ShownGateway

t.test('a gateway that is kept out says by what', async (t) => {
  t.match(gatewayFacts(gateway), '\ndisabled        no\n')
  t.match(gatewayFacts({ ...gateway, disabled: true, userDisabled: true }), '\ndisabled        yes\n')
  t.match(gatewayFacts({ ...gateway, userDisabled: true }), '\ndisabled        yes, with its user\n')
  t.match(gatewayTable([{ ...gateway, userDisabled: true }]), / yes\n$/)
})

t.test('every former certificate that is still good is told', async (t) => {
  const former = { ...certificate, serial: 'f'.repeat(32), status: 'superseded' } as const
  t.match(
    gatewayFacts({ ...gateway, formerCertificates: [former] }),
    `still good      ${'f'.repeat(32)}, until 2028-06`,
  )
})

t.test('a certificate that is not revoked has a dash, so that columns can be counted', async (t) => {
  const record = { ...certificate, issuedAt: '2026-03-01T12:00:00Z', supersededAt: null, revokedAt: null }
  const table = certificateTable([record as unknown as CertificateRecordView])
  t.match(table, /^SERIAL +KEY +ISSUED +ENDS +STATUS +REVOKED\n/)
  t.match(table, / valid +-\n$/)
})

const NO_AGENT = { sessionsEnded: 0, instances: [], notReached: [] }

t.test('a removal that revoked nothing says so', async (t) => {
  const receipt = { gateway: 'gw.example.org', revokedSerials: [], crlNumber: 3, notice: 'None.', ...NO_AGENT }
  t.equal(
    receiptFacts(receipt),
    'removed          gw.example.org\nrevoked          -\nrevocation list  number 3\nnotice           None.\n',
  )
})

t.test('a removal tells host by host what became of the sessions', async (t) => {
  const instances = [{ host: 'vpn1', instance: 2, found: 1, ended: 1, left: 0 }]
  const ended = { sessionsEnded: 1, instances, notReached: ['vpn2'] }
  const receipt = { gateway: 'gw.example.org', revokedSerials: [], crlNumber: 3, notice: 'None.', ...ended }
  t.match(
    receiptFacts(receipt),
    /\nsessions {9}1 ended\non vpn1\/2 {8}found 1, ended 1, left 0\nnot reached {6}vpn2\nnotice /,
  )
})

t.test('a gateway says where it is connected, or when it was last', async (t) => {
  t.match(gatewayFacts(gateway), '\nconnected       -\n')
  t.match(
    gatewayFacts({ ...gateway, lastSeenAt: '2026-03-01T13:00:00Z' } as unknown as ShownGateway),
    '\nconnected       no, last seen 2026-03-01T13:00:00Z\n',
  )
  const session = { host: 'vpn1', instance: 2, realAddress: '[2001:db8::7]:4000', since: '2026-03-01T12:00:00Z' }
  t.match(
    gatewayFacts({ ...gateway, session, lastSeenAt: null }),
    '\nconnected       on vpn1/2, since 2026-03-01T12:00:00Z\nfrom            [2001:db8::7]:4000\n',
  )
})

t.test('names from the service never obey the terminal', async (t) => {
  const bad = { ...gateway, name: 'a\u001b[2J', user: '\u009b', createdAt: 'x\ny' } as unknown as ShownGateway
  for (const text of [gatewayFacts(bad), gatewayTable([bad])]) t.notMatch(text.replaceAll('\n', ''), /\p{Cc}/u)
  t.equal(gatewayTable([bad]).split('\n').length, 3)
})

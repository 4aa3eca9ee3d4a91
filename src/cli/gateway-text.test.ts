import t from 'tap'
import type { CertificateRecordView, GatewayView } from '../http/views.ts'
import { certificateTable, gatewayFacts, gatewayTable, receiptFacts } from './gateway-text.ts'

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
} as unknown as GatewayView

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

t.test('a removal that revoked nothing says so', async (t) => {
  const receipt = { gateway: 'gw.example.org', revokedSerials: [], crlNumber: 3, notice: 'None.' }
  t.equal(
    receiptFacts(receipt),
    'removed          gw.example.org\nrevoked          -\nrevocation list  number 3\nnotice           None.\n',
  )
})

t.test('names from the service never obey the terminal', async (t) => {
  const bad = { ...gateway, name: 'a\u001b[2J', user: '\u009b', createdAt: 'x\ny' } as unknown as GatewayView
  for (const text of [gatewayFacts(bad), gatewayTable([bad])]) t.notMatch(text.replaceAll('\n', ''), /\p{Cc}/u)
  t.equal(gatewayTable([bad]).split('\n').length, 3)
})

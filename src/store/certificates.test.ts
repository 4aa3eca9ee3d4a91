import t from 'tap'
import { parseFqdn, parseUserName } from '../domain/names.ts'
import type { NewCertificate } from './certificates.ts'
import { openStore, type Store } from './store.ts'

const at = (time: string) => new Date(`2026-${time}Z`)
const START = at('03-01T12:00:00')

const CERTIFICATE: NewCertificate = {
  serial: 'aa',
  kind: 'gateway',
  gatewayId: null,
  name: 'g.example.org',
  keyType: 'ec-p256',
  notBefore: at('01-01T00:00:00'),
  notAfter: at('12-31T00:00:00'),
  der: Buffer.from('der'),
  sealedKey: Buffer.from('sealed'),
  sealedTlsCryptKey: Buffer.from('sealed too'),
  issuedAt: at('01-01T00:00:00'),
}

/** A store with one gateway, and these certificates. */
function storeWith(...certificates: Partial<NewCertificate>[]): Store & { gatewayId: number } {
  const store = openStore(':memory:')
  store.users.insert({ number: 2, name: parseUserName('ada'), createdAt: START })
  const gatewayId = store.gateways.insert({
    name: parseFqdn('g.example.org'),
    userNumber: 2,
    slot: 0,
    createdAt: START,
  })
  for (const certificate of certificates) store.certificates.insert({ ...CERTIFICATE, ...certificate })
  return { ...store, gatewayId }
}

const serials = (rows: { serial: string }[]) => rows.map(({ serial }) => serial)

t.test('a certificate is kept with all that belongs to it', async (t) => {
  const { certificates } = storeWith(CERTIFICATE, { serial: 'bb', sealedKey: null, sealedTlsCryptKey: null })
  const fresh = { supersededAt: null, retireOnUse: false, revokedAt: null, revocationReason: null }
  t.same(certificates.find('aa'), { ...CERTIFICATE, ...fresh })
  t.match(certificates.find('bb'), { sealedKey: null, sealedTlsCryptKey: null })
  t.equal(certificates.find('cc'), undefined)
})

t.test(
  'a gateway’s certificates are listed, the newest first, the current before one of the same second',
  async (t) => {
    const store = storeWith()
    const { certificates, gatewayId } = store
    const second = at('02-01T00:00:00')
    certificates.insert({ ...CERTIFICATE, gatewayId, serial: 'a1' })
    certificates.supersede('a1', second)
    certificates.insert({ ...CERTIFICATE, gatewayId, serial: 'a2', issuedAt: second })
    certificates.supersede('a2', second)
    certificates.insert({ ...CERTIFICATE, gatewayId, serial: 'a3', issuedAt: second })
    t.same(serials(certificates.listOfGateway(gatewayId)), ['a3', 'a2', 'a1'])
    const [current] = certificates.listOfGateway(gatewayId)
    t.notOk(current !== undefined && ('der' in current || 'sealedKey' in current), 'without encodings and keys')
    t.match(certificates.find('a1'), { supersededAt: second })
  },
)

t.test('a certificate is revoked once: the first time and reason stay', async (t) => {
  const { certificates } = storeWith(CERTIFICATE)
  t.equal(certificates.revoke('aa', at('02-01T00:00:00'), 'keyCompromise'), true)
  t.equal(certificates.revoke('aa', at('03-01T00:00:00'), 'superseded'), false)
  t.match(certificates.find('aa'), { revokedAt: at('02-01T00:00:00'), revocationReason: 'keyCompromise' })
  t.equal(certificates.revoke('bb', START, 'superseded'), false, 'there is no such')
})

t.test('the serials of a list are the revoked ones that have not ended long ago', async (t) => {
  const store = storeWith(
    { serial: 'a0' },
    { serial: 'a1', notAfter: at('02-01T00:00:00') },
    { serial: 'a2', notAfter: at('02-01T00:00:01') },
    { serial: 'a3' },
  )
  for (const serial of ['a1', 'a2', 'a3']) store.certificates.revoke(serial, START, 'superseded')
  t.same(store.certificates.listRevoked(at('02-01T00:00:00')), [
    { serial: 'a2', revokedAt: START, reason: 'superseded' },
    { serial: 'a3', revokedAt: START, reason: 'superseded' },
  ])
})

t.test('a revoked serial stays in the list when its gateway is gone', async (t) => {
  const store = storeWith()
  store.certificates.insert({ ...CERTIFICATE, gatewayId: store.gatewayId })
  store.certificates.revoke('aa', START, 'cessationOfOperation')
  store.gateways.remove(store.gatewayId)
  t.same(serials(store.certificates.listRevoked(START)), ['aa'])
  t.match(store.certificates.find('aa'), { gatewayId: null })
})

t.test('a serial of which no certificate is known is in the list for good', async (t) => {
  const { certificates } = storeWith()
  certificates.revokeStranger('ee', START)
  certificates.revokeStranger('ee', at('04-01T00:00:00'))
  const stranger = { serial: 'ee', revokedAt: START, reason: 'cessationOfOperation' }
  t.same(certificates.listRevoked(new Date('2099-01-01')), [stranger])
})

t.test('only ended certificates of gateways that are gone are forgotten, never one of the server', async (t) => {
  const ended = at('02-01T00:00:00')
  const store = storeWith(
    { serial: 'a0', notAfter: ended },
    { serial: 'a1', notAfter: at('02-01T00:00:01') },
    { serial: 'a2', kind: 'server', notAfter: ended },
  )
  store.certificates.insert({ ...CERTIFICATE, serial: 'a3', gatewayId: store.gatewayId, notAfter: ended })
  t.same(store.certificates.listEnded(ended), [], 'not the very second')
  t.same(store.certificates.listEnded(at('02-01T00:00:01')), ['a0'])
  store.certificates.forget('a0')
  t.equal(store.certificates.find('a0'), undefined)
  t.same(
    ['a1', 'a2', 'a3'].map((serial) => store.certificates.find(serial)?.serial),
    ['a1', 'a2', 'a3'],
  )
})

t.test('the server’s certificate is the one that is not superseded; former ones are told until they end', async (t) => {
  const { certificates } = storeWith(CERTIFICATE)
  t.equal(certificates.findServer(), undefined)
  certificates.insert({ ...CERTIFICATE, kind: 'server', serial: 'b1', notAfter: at('06-01T00:00:00') })
  t.match(certificates.findServer(), { serial: 'b1' })
  t.same(certificates.listFormerServers(START), [])
  certificates.supersede('b1', START)
  certificates.insert({ ...CERTIFICATE, kind: 'server', serial: 'b2' })
  t.match(certificates.findServer(), { serial: 'b2' })
  t.same(serials(certificates.listFormerServers(at('05-31T23:59:59'))), ['b1'])
  t.same(certificates.listFormerServers(at('06-01T00:00:00')), [])
})

t.test('the totals are those that are good now, and those that were revoked', async (t) => {
  const { certificates } = storeWith()
  t.same(certificates.totals(START), { valid: 0, revoked: 0 })
  for (const serial of ['a0', 'a1', 'a2']) certificates.insert({ ...CERTIFICATE, serial })
  certificates.insert({ ...CERTIFICATE, serial: 'a3', notAfter: START })
  certificates.revoke('a0', START, 'superseded')
  t.same(certificates.totals(START), { valid: 2, revoked: 1 })
})

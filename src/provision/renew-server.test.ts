import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { openTestUnit } from '../testing/test-unit.ts'
import { renewServer } from './renew-server.ts'

/** The authority and the server's first certificate are made on 2026-03-01 for 3652 days. */
const END = new Date('2036-02-29T12:00:00Z')
const DUE = new Date('2035-12-31T12:00:00Z')

const ENV = { VPNUNIT_SERVER_NAME: 'vpn.example.org' }

t.test('the first start gives the server a certificate that lives as long as the authority', async (t) => {
  const { unit } = await openTestUnit(t, ENV)
  const server = unit.store.certificates.findServer()
  t.match(server, { kind: 'server', name: 'vpn.example.org', gatewayId: null, notAfter: END, keyType: 'ec-p256' })
  t.match(unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1), [
    {
      actor: 'vpnunit',
      action: 'server.renew',
      object: 'vpn.example.org',
      detail: { serial: server?.serial, former: null },
    },
  ])
})

t.test('it is left alone until 60 days before its end', async (t) => {
  const { unit, clock } = await openTestUnit(t, ENV)
  const revision = unit.store.site.revision()
  t.equal(await renewServer(unit), false)
  clock.set(new Date(DUE.getTime() - 1000))
  t.equal(await renewServer(unit), false)
  t.equal(unit.store.site.revision(), revision)
})

t.test(
  'then it is replaced, with key and certificate that belong together, and the former one is told of',
  async (t) => {
    const { unit, clock } = await openTestUnit(t, ENV)
    const former = unit.store.certificates.findServer()
    clock.set(new Date(DUE.getTime() + 86_400_000))
    t.equal(await renewServer(unit), true)
    const server = unit.store.certificates.findServer()
    t.not(server?.serial, former?.serial)
    t.match(unit.store.certificates.listFormerServers(clock.now()), [
      { serial: former?.serial, supersededAt: clock.now() },
    ])
    const file = new X509Certificate(readFileSync(unit.layout.serverCertificate))
    t.same(file.raw, server?.der)
    t.equal(file.subject, 'CN=vpn.example.org')
    t.match(readFileSync(unit.layout.serverKey, 'utf8'), /^-----BEGIN PRIVATE KEY-----/)
    const [row] = unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)
    t.match(row, { action: 'server.renew', detail: { serial: server?.serial, former: former?.serial } })
    t.equal(await renewServer(unit), false, 'once')
  },
)

t.test('once, though that be the very second in which it falls due', async (t) => {
  const { unit, clock } = await openTestUnit(t, ENV)
  clock.set(DUE)
  t.equal(await renewServer(unit), true)
  t.equal(await renewServer(unit), false)
  clock.set(new Date(DUE.getTime() + 60_000))
  t.equal(await renewServer(unit), false, 'a minute later, when the house is kept again')
})

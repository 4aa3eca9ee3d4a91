import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { AUTHORITY_DAYS, BACKDATE_MS, DAY_MS } from '../domain/lifetime.ts'
import { certificatePem, createAuthority, openAuthority, type WantedCertificate } from './authority.ts'
import { generateKeyPair } from './key-pair.ts'
import { keyObject, NOW, newAuthority } from './testing/authority.ts'

const authority = await newAuthority()
const { publicKey } = await generateKeyPair('ec-p256')
const wanted: WantedCertificate = { kind: 'gateway', name: 'gw.example.org', publicKey, days: 825, now: NOW }

const later = (time: Date, ms: number): Date => new Date(time.getTime() + ms)

t.test('an authority is good from five minutes ago for its ten years, and named for its key', async (t) => {
  const { certificate } = authority
  t.same(certificate.notBefore, later(NOW, -BACKDATE_MS))
  t.same(certificate.notAfter, later(NOW, AUTHORITY_DAYS * DAY_MS))
  t.match(certificate.name, /^vpnunit CA [0-9a-f]{8}$/)
  const read = new X509Certificate(certificate.der)
  t.ok(read.ca && read.verify(read.publicKey))
  t.equal(read.issuer, read.subject)
})

t.test('a certificate says what was wanted, and its facts say what it says', async (t) => {
  const issued = authority.issue(wanted)
  const read = new X509Certificate(issued.der)
  t.match(issued, { name: 'gw.example.org', keyType: 'ec-p256' })
  t.match(issued.serial, /^[0-9a-f]{32}$/)
  t.equal(read.serialNumber.toLowerCase().padStart(32, '0'), issued.serial)
  t.equal(read.subject, 'CN=gw.example.org')
  t.equal(read.subjectAltName, 'DNS:gw.example.org')
  t.same(new Date(read.validFrom), issued.notBefore)
  t.same(new Date(read.validTo), issued.notAfter)
  t.same(issued.notBefore, later(NOW, -BACKDATE_MS))
  t.same(issued.notAfter, later(NOW, 825 * DAY_MS))
  t.same(read.publicKey.export({ type: 'spki', format: 'der' }), publicKey)
  t.ok(read.checkIssued(new X509Certificate(authority.certificate.der)))
  t.ok(read.verify(new X509Certificate(authority.certificate.der).publicKey))
})

t.test('serial numbers are all different, all of 32 digits, and printed by others as they are here', async (t) => {
  const serials = Array.from({ length: 2000 }, () => authority.issue(wanted).serial)
  t.equal(new Set(serials).size, 2000)
  t.ok(serials.every((serial) => /^[0-9a-f]{32}$/.test(serial)))
  // Others leave a first octet of zero away, which one in 256 would have.
  t.ok(serials.every((serial) => !serial.startsWith('00')))
})

t.test('a certificate never begins before its authority and never outlives it', async (t) => {
  const { notBefore, notAfter } = authority.certificate
  t.same(authority.issue({ ...wanted, now: later(notBefore, 1000) }).notBefore, notBefore)
  const late = authority.issue({ ...wanted, now: later(notAfter, -DAY_MS) })
  t.same(late.notAfter, notAfter)
  t.same(late.notBefore, later(notAfter, -DAY_MS - BACKDATE_MS))
  t.same(authority.issue({ ...wanted, now: later(notAfter, -1) }).notAfter, notAfter, 'up to its last moment')
})

t.test('an authority that has ended issues nothing', async (t) => {
  const { notAfter } = authority.certificate
  const expected = { code: 'authority-ended', message: /^the authority ended on 2040-05-31T12:00:00Z/ }
  t.throws(() => authority.issue({ ...wanted, now: notAfter }), expected)
  t.throws(() => authority.issue({ ...wanted, now: later(notAfter, 1000 * DAY_MS) }), expected)
})

t.test('a clock that is years behind is told, and no certificate is made that ends before it begins', async (t) => {
  t.throws(() => authority.issue({ ...wanted, now: new Date('1990-01-01T00:00:00Z') }), {
    message: 'the clock says 1990-01-01T00:00:00Z, and the authority begins on 2030-06-01T11:55:00Z only',
  })
})

t.test("a server's address stands in the certificate as an address", async (t) => {
  const names = (name: string): string | undefined =>
    new X509Certificate(authority.issue({ ...wanted, kind: 'server', name }).der).subjectAltName
  t.equal(names('192.0.2.1'), 'IP Address:192.0.2.1')
  t.equal(names('2001:db8::1'), 'IP Address:2001:DB8:0:0:0:0:0:1')
  t.equal(names('localhost'), 'DNS:localhost')
})

t.test(
  'a name that no certificate can hold, and a key that no certificate is for, are bugs of the caller',
  async (t) => {
    for (const name of ['', 'x'.repeat(65), 'a b', 'ünï.example.org', 'a\0b', 'a:b', 'fe80::1%eth0', '*.example.org']) {
      t.throws(
        () => authority.issue({ ...wanted, name }),
        { message: /for a host name or an IP address/ },
        JSON.stringify(name),
      )
    }
    t.throws(() => authority.issue({ ...wanted, publicKey: Buffer.from('rubbish') }), { message: /not issued here/ })
  },
)

t.test('an authority is opened only by the key of its certificate', async (t) => {
  const other = keyObject(await generateKeyPair('ec-p256'))
  t.throws(() => openAuthority(other, authority.certificate.der), {
    message: /^the authority's private key does not belong to its certificate \(vpnunit CA [0-9a-f]{8}\)$/,
  })
  t.throws(() => openAuthority(other, Buffer.from('rubbish')), { name: 'Malformed' })
  t.throws(() => openAuthority(other, authority.issue(wanted).der), { message: /not the certificate of an authority/ })
  const own = createAuthority(other, NOW)
  t.same(openAuthority(other, own.der).certificate, own)
})

t.test('PEM of a certificate is read by others', async (t) => {
  const pem = certificatePem(authority.certificate.der)
  t.match(pem, /^-----BEGIN CERTIFICATE-----\n/)
  t.same(new X509Certificate(pem).raw, authority.certificate.der)
})

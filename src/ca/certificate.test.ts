import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { signCertificate } from './certificate.ts'
import { commonNameOnly } from './distinguished-name.ts'
import { authorityExtensions } from './extensions.ts'
import { generateKeyPair } from './key-pair.ts'
import { signerOf } from './signature.ts'
import { keyObject } from './testing/authority.ts'

const pair = await generateKeyPair('ec-p256')
const signer = signerOf(keyObject(pair))

const make = (serial: string, notAfter: string) =>
  signCertificate(
    {
      facts: {
        serial,
        name: 'a.example.org',
        notBefore: new Date('2030-01-01T00:00:00.750Z'),
        notAfter: new Date(notAfter),
        keyType: 'ec-p256',
      },
      issuer: commonNameOnly('issuer'),
      subject: commonNameOnly('a.example.org'),
      publicKey: pair.publicKey,
      extensions: authorityExtensions(Buffer.alloc(20)),
    },
    signer,
  )

t.test('a certificate says what its facts say, and its times are whole seconds', async (t) => {
  const made = make('00'.repeat(15).concat('7f'), '2031-01-01T00:00:00.999Z')
  t.same(made.notBefore, new Date('2030-01-01T00:00:00Z'))
  t.same(made.notAfter, new Date('2031-01-01T00:00:00Z'))
  const read = new X509Certificate(made.der)
  t.same(new Date(read.validFrom), made.notBefore)
  t.same(new Date(read.validTo), made.notAfter)
  t.equal(read.subject, 'CN=a.example.org')
  t.equal(read.issuer, 'CN=issuer')
  t.equal(read.serialNumber, '7F')
  t.ok(read.verify(read.publicKey))
})

t.test(
  'a serial number that begins with a one bit stays positive, one that begins with zeros loses nothing',
  async (t) => {
    t.equal(new X509Certificate(make('ff'.repeat(16), '2031-01-01T00:00:00Z').der).serialNumber, 'FF'.repeat(16))
    const zeros = make(`00${'ab'.repeat(15)}`, '2031-01-01T00:00:00Z')
    t.equal(zeros.serial, `00${'ab'.repeat(15)}`)
    t.equal(new X509Certificate(zeros.der).serialNumber.toLowerCase(), 'ab'.repeat(15))
  },
)

t.test('the form of the time changes on the first of January 2050', async (t) => {
  t.equal(make('01', '2049-12-31T23:59:59Z').der.includes('491231235959Z'), true)
  t.equal(make('01', '2049-12-31T23:59:59Z').der.includes('20491231235959Z'), false)
  t.equal(make('01', '2050-01-01T00:00:00Z').der.includes('20500101000000Z'), true)
})

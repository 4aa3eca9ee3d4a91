import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import { NAME as CSR_NAME, newRequest, requestPem } from '../ca/testing/request.ts'
import { keyContext, tlsCryptContext } from '../domain/key-context.ts'
import { KEY_TYPES } from '../domain/key-type.ts'
import { parseFqdn } from '../domain/names.ts'
import { openTestUnit } from '../testing/test-unit.ts'
import { makeIdentity } from './identity.ts'

const NAME = parseFqdn(CSR_NAME)
/** RSA keys take their time, and ca/ tests them. */
const QUICK = KEY_TYPES.filter((keyType) => !keyType.startsWith('rsa'))

t.test('an identity made here is a certificate with the key that belongs to it, sealed for its place', async (t) => {
  const { unit } = await openTestUnit(t)
  for (const keyType of QUICK) {
    const { certificate, sealedKey, sealedTlsCryptKey } = await makeIdentity(unit, NAME, { keyType })
    t.match(certificate, { name: NAME, keyType, notAfter: new Date('2028-06-03T12:00:00Z') })
    const pkcs8 = unit.vault.open(sealedKey ?? Buffer.alloc(0), keyContext(certificate.serial))
    const own = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
    t.ok(new X509Certificate(certificate.der).publicKey.equals(own), keyType)
    const tlsCrypt = unit.vault.open(sealedTlsCryptKey, tlsCryptContext(certificate.serial)).toString()
    t.match(tlsCrypt, /^-----BEGIN OpenVPN tls-crypt-v2 client key-----\n/)
  }
})

t.test('what is sealed for one certificate does not open for another', async (t) => {
  const { unit } = await openTestUnit(t)
  const one = await makeIdentity(unit, NAME, { keyType: 'ec-p256' })
  const other = await makeIdentity(unit, NAME, { keyType: 'ec-p256' })
  const context = keyContext(other.certificate.serial)
  t.throws(() => unit.vault.open(one.sealedKey ?? Buffer.alloc(0), context), { code: 'key-unreadable' })
})

t.test('a request’s key is certified, and no private key is kept', async (t) => {
  const { unit } = await openTestUnit(t)
  const { certificate, sealedKey } = await makeIdentity(unit, NAME, { csr: requestPem(newRequest()) })
  t.equal(sealedKey, null)
  t.match(certificate, { name: NAME, keyType: 'ec-p256' })
})

t.test('a request that can’t be used, or an ended authority, is a refusal', async (t) => {
  const { unit, clock } = await openTestUnit(t)
  await t.rejects(makeIdentity(unit, NAME, { csr: 'none' }), { code: 'bad-csr' })
  clock.advanceDays(3652)
  await t.rejects(makeIdentity(unit, NAME, { keyType: 'ec-p256' }), { code: 'authority-ended' })
})

import t from 'tap'
import { parseFqdn } from '../domain/names.ts'
import { type Asn1, encode, explicit, integer, nothing, oid, sequence, set, truth } from './der.ts'
import { explicitTag, readDer } from './der-reader.ts'
import { commonNameOnly } from './distinguished-name.ts'
import { extension } from './extensions.ts'
import { checkWishes } from './request-wishes.ts'
import { attribute, dnsName, NAME, wish } from './testing/request.ts'

const FQDN = parseFqdn(NAME)
const COMMON_NAME = '2.5.4.3'

const check = (subject: Asn1, attributes?: Asn1[]) => () =>
  checkWishes(
    readDer(encode(subject)),
    attributes === undefined ? undefined : readDer(encode(explicit(0, ...attributes)), explicitTag(0)),
    FQDN,
  )
const named = commonNameOnly(NAME)
const alternative = (...names: Asn1[]): Asn1 => wish(extension('2.5.29.17', false, sequence(...names)))

t.test('the right name, or none, is taken, whatever else the subject says', async (t) => {
  t.doesNotThrow(check(named))
  t.doesNotThrow(check(named, []))
  t.doesNotThrow(check(sequence(), []))
  t.doesNotThrow(check(sequence(attribute('2.5.4.10', 'Somebody Else'), attribute(COMMON_NAME, NAME))))
})

t.test('another common name is refused in words on one line', async (t) => {
  t.throws(check(commonNameOnly('other.example.org')), {
    name: 'Malformed',
    message: 'its common name is "other.example.org": leave it away or make it gw.example.org',
  })
  t.throws(check(commonNameOnly('GW.example.org')), { message: /"GW.example.org"/ })
  t.throws(check(commonNameOnly('')), { message: /its common name is ""/ })
  t.throws(check(commonNameOnly('a\nb')), { message: /its common name is "a\\nb"/ })
  t.throws(check(commonNameOnly('x'.repeat(5000))), { message: /^.{1,200}$/ })
  t.throws(check(sequence(attribute(COMMON_NAME, NAME), attribute(COMMON_NAME, 'other'))), { message: /"other"/ })
})

t.test('an alternative name other than the name alone is refused', async (t) => {
  const message = 'it asks for other alternative names: leave subjectAltName away or make it DNS:gw.example.org'
  const address = explicit(7, integer(1))
  t.doesNotThrow(check(named, [alternative(dnsName(NAME))]))
  for (const names of [
    [],
    [dnsName('other.example.org')],
    [dnsName(NAME), dnsName('other.example.org')],
    [dnsName(NAME), dnsName(NAME)],
    [dnsName('GW.example.org')],
    [address],
  ]) {
    t.throws(check(named, [alternative(...names)]), { message })
  }
})

t.test('an authority is refused, and the denial of one is not', async (t) => {
  const constraints = (...members: Asn1[]): Asn1[] => [wish(extension('2.5.29.19', true, sequence(...members)))]
  t.doesNotThrow(check(named, constraints()))
  t.throws(check(named, constraints(truth())), { message: /leave basicConstraints away or say CA:FALSE/ })
  t.throws(check(named, constraints(truth(), integer(3))), { message: /asks for the certificate of an authority/ })
})

t.test('every attribute that asks for extensions is read, and others are not', async (t) => {
  const other = extension('2.5.29.17', false, sequence(dnsName('other.example.org')))
  const asked = (id: string): Asn1 => sequence(oid(id), set(sequence(other)))
  t.throws(check(named, [wish(), asked('1.2.840.113549.1.9.14')]), { message: /alternative names/ })
  t.throws(check(named, [asked('1.3.6.1.4.1.311.2.1.14')]), { message: /alternative names/ }, 'as Microsoft asks')
  t.doesNotThrow(check(named, [asked('1.2.840.113549.1.9.7')]), 'a challenge password')
  t.doesNotThrow(check(named, [wish(extension('2.5.29.15', true, nothing()))]), 'an extension that is not copied')
  t.throws(check(named, [sequence(oid('1.2.840.113549.1.9.14'))]), { name: 'Malformed' })
  t.throws(check(named, [sequence(oid('1.2.840.113549.1.9.14'), set(integer(1)))]), { name: 'Malformed' })
})

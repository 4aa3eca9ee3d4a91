import { type Asn1, oid, sequence, set, utf8String } from './der.ts'
import { Members, membersOf, oidOf } from './der-members.ts'
import { contentOf, type Element, Malformed, TAG } from './der-reader.ts'
import { OID } from './oid.ts'

/**
 * A name (RFC 5280, section 4.1.2.4) that is a common name alone, as UTF8String: the section leaves the choice between
 * that and PrintableString, and OpenSSL and easy-rsa write UTF8String, so names compare equal octet by octet.
 */
export function commonNameOnly(name: string): Asn1 {
  return sequence(set(sequence(oid(OID.commonName), utf8String(name))))
}

/**
 * The common names in a name, in order. Other attributes are passed over.
 * @throws Malformed
 */
export function commonNamesOf(name: Element): string[] {
  return membersOf(name, TAG.set)
    .flatMap((part) => attributesOf(part))
    .filter(({ type }) => type === OID.commonName)
    .map(({ value }) => textOf(value))
}

function attributesOf(part: Element): { type: string; value: Element }[] {
  return membersOf(part, TAG.sequence).map((attribute) => {
    const members = new Members(attribute)
    const type = oidOf(members.take(TAG.oid))
    const value = members.takeAny()
    members.end()
    return { type, value }
  })
}

function textOf(value: Element): string {
  const content = contentOf(value)
  if (value.tag === TAG.printableString || value.tag === TAG.ia5String || value.tag === TAG.teletexString) {
    return content.toString('latin1')
  }
  const text = content.toString('utf8')
  if (value.tag === TAG.utf8String && Buffer.from(text, 'utf8').equals(content)) return text
  throw new Malformed(`byte ${value.start}: the common name must be a UTF8String or a PrintableString`)
}

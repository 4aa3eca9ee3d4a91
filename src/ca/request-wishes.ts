import { type Fqdn, quote } from '../domain/names.ts'
import { Members, membersOf, oidOf } from './der-members.ts'
import { contentOf, type Element, Malformed, readInside, TAG } from './der-reader.ts'
import { commonNamesOf } from './distinguished-name.ts'
import { OID } from './oid.ts'
import { type Extension, isAuthority, readExtensions } from './read-extensions.ts'

/** dNSName of GeneralName (RFC 5280, section 4.2.1.6). */
const DNS_NAME_TAG = 0x82

/**
 * Refuses a request that asks for another name, or for being an authority.
 * @throws Malformed, saying what would be right
 */
export function checkWishes(subject: Element, attributes: Element | undefined, name: Fqdn): void {
  for (const commonName of commonNamesOf(subject)) {
    if (commonName !== name) {
      throw new Malformed(`its common name is ${quote(commonName)}: leave it away or make it ${name}`)
    }
  }
  for (const extensions of requestedExtensions(attributes)) {
    checkAlternativeName(extensions.get(OID.subjectAltName), name)
    if (isAuthority(extensions.get(OID.basicConstraints))) {
      throw new Malformed('it asks for the certificate of an authority: leave basicConstraints away or say CA:FALSE')
    }
  }
}

/** The extensionRequest attributes (RFC 2985, section 5.4.2), of which there should be one. */
function requestedExtensions(attributes: Element | undefined): Map<string, Extension>[] {
  return (attributes === undefined ? [] : membersOf(attributes, TAG.sequence)).flatMap((attribute) => {
    const members = new Members(attribute)
    const type = oidOf(members.take(TAG.oid))
    const values = members.take(TAG.set)
    members.end()
    const isRequest = type === OID.extensionRequest || type === OID.microsoftExtensionRequest
    return isRequest ? membersOf(values, TAG.sequence).map(readExtensions) : []
  })
}

function checkAlternativeName(extension: Extension | undefined, name: Fqdn): void {
  if (extension === undefined) return
  const [first, ...others] = membersOf(readInside(extension.value, TAG.sequence))
  const isWanted = first?.tag === DNS_NAME_TAG && contentOf(first).equals(Buffer.from(name)) && others.length === 0
  if (!isWanted)
    throw new Malformed(`it asks for other alternative names: leave subjectAltName away or make it DNS:${name}`)
}

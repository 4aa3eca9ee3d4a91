import { isTrue, Members, oidOf } from './der-members.ts'
import { type Element, Malformed, readInside, TAG } from './der-reader.ts'

export type Extension = { id: string; isCritical: boolean; value: Element }

/**
 * Extensions (RFC 5280, section 4.1): a SEQUENCE of them, whose values are left as octets.
 * @throws Malformed, also when one comes twice
 */
export function readExtensions(list: Element): Map<string, Extension> {
  const members = new Members(list)
  const found = new Map<string, Extension>()
  while (!members.isDone) {
    const one = readExtension(members.take(TAG.sequence))
    if (found.has(one.id)) throw new Malformed(`byte ${list.start}: the extension ${one.id} comes twice`)
    found.set(one.id, one)
  }
  return found
}

function readExtension(element: Element): Extension {
  const members = new Members(element)
  const id = oidOf(members.take(TAG.oid))
  const critical = members.takeOptional(TAG.boolean)
  const value = members.take(TAG.octetString)
  members.end()
  return { id, isCritical: isTrue(critical), value }
}

/** Whether BasicConstraints (RFC 5280, section 4.2.1.9) says CA:TRUE. @throws Malformed */
export function isAuthority(basicConstraints: Extension | undefined): boolean {
  if (basicConstraints === undefined) return false
  const members = new Members(readInside(basicConstraints.value, TAG.sequence))
  const isCa = members.takeOptional(TAG.boolean)
  members.takeOptional(TAG.integer)
  members.end()
  return isTrue(isCa)
}

import forge from 'node-forge'
import { checkTag, contentOf, type Element, elementAt, Malformed, TAG, wholeOf } from './der-reader.ts'

/** The bit of a tag that says that there are members. */
const CONSTRUCTED = 0x20

/** Takes the members of a structure in turn. A member that is not the wanted one is Malformed. */
export class Members {
  readonly #parent: Element
  #at: number

  /** @throws Malformed when there is nothing to have members */
  constructor(parent: Element) {
    if ((parent.tag & CONSTRUCTED) === 0) throw new Malformed(`byte ${parent.start}: a structure belongs here`)
    this.#parent = parent
    this.#at = parent.content
  }

  get isDone(): boolean {
    return this.#at === this.#parent.end
  }

  /** Whether the next member has this tag. */
  isNext(tag: number): boolean {
    return !this.isDone && this.#parent.bytes[this.#at] === tag
  }

  takeAny(): Element {
    const element = elementAt(this.#parent.bytes, this.#at, this.#parent.end)
    this.#at = element.end
    return element
  }

  take(tag: number): Element {
    const element = this.takeAny()
    checkTag(element, tag)
    return element
  }

  takeOptional(tag: number): Element | undefined {
    return this.isNext(tag) ? this.takeAny() : undefined
  }

  /** @throws Malformed when members are left */
  end(): void {
    if (!this.isDone) throw new Malformed(`byte ${this.#at}: a member too many`)
  }
}

/** All members of a structure, which must have this tag when one is given. @throws Malformed */
export function membersOf(parent: Element, tag?: number): Element[] {
  const members = new Members(parent)
  const all: Element[] = []
  while (!members.isDone) all.push(tag === undefined ? members.takeAny() : members.take(tag))
  return all
}

/**
 * Reads every level of a value, so that what nobody looks at is DER too. A SET's members must be in order (X.690,
 * section 11.6). Works through a list instead of calling itself: no depth of nesting exhausts the stack.
 * @throws Malformed
 */
export function checkDeeply(root: Element): void {
  const open = [root]
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    if ((parent.tag & CONSTRUCTED) === 0) continue
    const members = membersOf(parent)
    if (parent.tag === TAG.set) checkOrder(members)
    open.push(...members)
  }
}

function checkOrder(members: Element[]): void {
  members.reduce((before, member) => {
    if (Buffer.compare(wholeOf(before), wholeOf(member)) > 0) {
      throw new Malformed(`byte ${member.start}: the members of a set are not in DER's order`)
    }
    return member
  }, members[0] as Element)
}

/** A BOOLEAN with the default FALSE, which DER leaves away. */
export function isTrue(element: Element | undefined): boolean {
  return element?.bytes[element.content] === 0xff
}

/** An OBJECT IDENTIFIER in dotted form. */
export function oidOf(element: Element): string {
  return forge.asn1.derToOid(contentOf(element).toString('latin1'))
}

/**
 * A positive INTEGER, as serial numbers are written here: lower-case hex, filled up to 32 digits.
 * @throws Malformed when it is negative or has more than 20 octets (RFC 5280, section 4.1.2.2)
 */
export function serialOf(element: Element): string {
  const { bytes, content, end } = element
  const first = bytes[content] ?? 0
  if (first >= 0x80 || end - content > 20) throw new Malformed(`byte ${element.start}: this is no serial number`)
  return bytes.toString('hex', first === 0 ? content + 1 : content, end).padStart(32, '0')
}

/** @throws Malformed when the INTEGER is not 0 to 2^53 - 1 */
export function numberOf(element: Element): number {
  const value = Number(`0x${contentOf(element).toString('hex')}`)
  const isNegative = (contentOf(element)[0] ?? 0) >= 0x80
  if (isNegative || !Number.isSafeInteger(value)) throw new Malformed(`byte ${element.start}: a number out of range`)
  return value
}

/**
 * The octets of a BIT STRING that has whole octets, as keys and signatures are.
 * @throws Malformed when bits are left over
 */
export function octetsOf(element: Element): Buffer {
  const content = contentOf(element)
  if (content[0] !== 0) throw new Malformed(`byte ${element.start}: a bit string of whole octets belongs here`)
  return content.subarray(1)
}

/** Bytes or text that are not what they must be. The message says where and what; whoever reads a file adds which. */
export class Malformed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Malformed'
  }
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** One value inside `bytes`: its tag, and where it starts, its content starts, and it ends. */
export type Element = {
  readonly bytes: Buffer
  readonly tag: number
  readonly start: number
  readonly content: number
  readonly end: number
}

const CONSTRUCTED = 0x20

/** The tag of [number] when it is explicit, or implicit of a structure. */
export function explicitTag(number: number): number {
  return 0xa0 | number
}

/**
 * A strict reader of DER (X.690, section 10), our own because forge.asn1.fromDer takes BER (indefinite and padded
 * lengths) for DER, and needs 5 ms for a list of 4,000 entries where this needs less than one. It walks one level at
 * a time and copies nothing, so that hostile nesting costs nothing.
 * @throws Malformed when `bytes` is not exactly one DER value with this tag
 */
export function readDer(bytes: Buffer, tag: number = TAG.sequence): Element {
  return only(bytes, 0, bytes.length, tag)
}

/** The one DER value that an OCTET STRING, or an explicit tag, holds. @throws Malformed */
export function readInside(element: Element, tag: number): Element {
  return only(element.bytes, element.content, element.end, tag)
}

export function contentOf(element: Element): Buffer {
  return element.bytes.subarray(element.content, element.end)
}

/** The value with its tag and length. */
export function wholeOf(element: Element): Buffer {
  return element.bytes.subarray(element.start, element.end)
}

/** @throws Malformed when the value has another tag */
export function checkTag(element: Element, tag: number): void {
  if (element.tag !== tag) {
    throw new Malformed(`byte ${element.start}: ${describeTag(element.tag)} where ${describeTag(tag)} belongs`)
  }
}

function describeTag(tag: number): string {
  const known = Object.entries(TAG).find(([, value]) => value === tag)
  return known?.[0] ?? `tag 0x${tag.toString(16).padStart(2, '0')}`
}

function only(bytes: Buffer, from: number, to: number, tag: number): Element {
  const element = elementAt(bytes, from, to)
  checkTag(element, tag)
  if (element.end !== to) throw new Malformed(`byte ${element.end}: something follows where nothing may`)
  return element
}

/**
 * The value that begins at `start` and may go on to `limit`.
 * @throws Malformed when there is none, or it is not DER
 */
export function elementAt(bytes: Buffer, start: number, limit: number): Element {
  if (limit - start < 2) throw new Malformed(`byte ${start}: a value is missing or cut off`)
  const tag = bytes[start] as number
  if ((tag & 0x1f) === 0x1f) throw new Malformed(`byte ${start}: a tag number of more than one octet`)
  const first = bytes[start + 1] as number
  const content = start + 2 + (first < 0x80 ? 0 : first & 0x7f)
  const end = content + (first < 0x80 ? first : longLength(bytes, start, content, limit))
  if (end > limit) throw new Malformed(`byte ${start}: a value is longer than what it lies in`)
  const element = { bytes, tag, start, content, end }
  checkForm(element)
  return element
}

/** X.690, section 10.1: definite, in the fewest octets. Four of them are more than any file here has. */
function longLength(bytes: Buffer, start: number, content: number, limit: number): number {
  const octets = content - start - 2
  if (octets < 1 || octets > 4 || content > limit) throw new Malformed(`byte ${start}: a length that DER does not have`)
  const length = bytes.readUIntBE(start + 2, octets)
  if (length < 0x80 || bytes[start + 2] === 0) throw new Malformed(`byte ${start}: a length in too many octets`)
  return length
}

function checkForm(element: Element): void {
  const { tag, start } = element
  const isUniversal = (tag & 0xc0) === 0
  if (!isUniversal) return
  const isStructure = (tag | CONSTRUCTED) === TAG.sequence || (tag | CONSTRUCTED) === TAG.set
  if (((tag & CONSTRUCTED) !== 0) !== isStructure) {
    throw new Malformed(`byte ${start}: ${describeTag(tag)} in a form that DER does not have`)
  }
  if (!isStructure && !isCanonical(element)) {
    throw new Malformed(`byte ${start}: ${describeTag(tag)} is not written as DER writes it`)
  }
}

/** X.690, sections 8.2.1, 8.8.2 and 11.1; the others below. */
function isCanonical(element: Element): boolean {
  const { bytes, tag, content, end } = element
  if (tag === TAG.integer || tag === TAG.enumerated) return isShortest(element)
  if (tag === TAG.oid) return isObjectIdentifier(bytes.subarray(content, end))
  if (tag === TAG.bitString) return isBitString(element)
  if (tag === TAG.boolean) return end - content === 1 && (bytes[content] === 0 || bytes[content] === 0xff)
  return tag !== TAG.null || end === content
}

/** X.690, section 8.3.2: the first nine bits of an integer are not all the same. */
function isShortest({ bytes, content, end }: Element): boolean {
  if (end - content < 2) return end > content
  const nine = bytes.readUInt16BE(content) >> 7
  return nine !== 0 && nine !== 0x1ff
}

/** X.690, section 11.2.1: the unused bits, at most seven, are zero. */
function isBitString({ bytes, content, end }: Element): boolean {
  const unused = bytes[content] ?? 0
  if (unused === 0) return end > content
  const last = bytes[end - 1] ?? 0
  return unused < 8 && end - content > 1 && (last & ((1 << unused) - 1)) === 0
}

/** X.690, section 8.19.2: parts of seven bits, none of which begins with zeros. */
function isObjectIdentifier(content: Buffer): boolean {
  if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80) return false
  return content.every((octet, index) => octet !== 0x80 || (content[index - 1] ?? 0) >= 0x80)
}

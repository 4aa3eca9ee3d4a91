import { isIP, isIPv4 } from 'node:net'

/**
 * The octets of an IP literal in network order, 4 or 16, as subjectAltName's iPAddress has them (RFC 5280, section
 * 4.2.1.6); undefined for what is no literal, and for one with a zone, which no certificate can name.
 */
export function ipOctets(text: string): Buffer | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  return ipv6Octets(new URL(`http://[${text}]`).hostname.slice(1, -1))
}

/** The URL parser has spelt it in hexadecimal groups with at most one "::". */
function ipv6Octets(canonical: string): Buffer {
  const [head = '', tail = ''] = canonical.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail)
  const zeros = new Array<string>(8 - before.length - after.length).fill('0')
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}

import IPCIDR from 'ip-cidr'
import { quote } from './names.ts'
import { Problem } from './problem.ts'

/** An IPv6 network. `address` is its first address as a number; no bit below `length` is set. */
export type Prefix = { readonly address: bigint; readonly length: number }

const SPELLING = /^([0-9a-fA-F:.]{2,45})\/(0|[1-9][0-9]{0,2})$/

/**
 * The only door through which a network in text enters, and the only caller of ip-cidr: that accepts host bits, zones
 * and lengths such as /08 without a word, so what it read is compared with the one spelling of RFC 5952.
 * @throws Problem bad-prefix, with the right spelling where there is one
 */
export function parsePrefix(text: string): Prefix {
  const parts = SPELLING.exec(text)
  const length = Number(parts?.[2])
  if (parts === null || length > 128 || !IPCIDR.isValidCIDR(text) || !text.includes(':')) {
    throw new Problem('bad-prefix', `${quote(text)} is not an IPv6 network such as 2001:470:c844::/48`)
  }
  const address = new IPCIDR(text).start<bigint>({ type: 'bigInteger' })
  const prefix = { address: BigInt(address), length }
  const canonical = formatPrefix(prefix)
  if (canonical !== text) {
    throw new Problem('bad-prefix', `${quote(text)} is not how that network is written: write ${canonical}`)
  }
  return prefix
}

/** An address as RFC 5952 spells it: lower case, no leading zeros, the longest run of two or more zeros as "::". */
export function formatAddress(address: bigint): string {
  const groups: string[] = []
  // By two groups, because arithmetic on a BigInt takes longer than on a number.
  for (let shift = 96n; shift >= 0n; shift -= 32n) {
    const two = Number((address >> shift) & 0xffffffffn)
    groups.push((two >>> 16).toString(16), (two & 0xffff).toString(16))
  }
  const run = longestZeroRun(groups)
  if (run.length < 2) return groups.join(':')
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`
}

/** RFC 5952, section 4.2.3: of two runs equally long, the first is shortened. */
function longestZeroRun(groups: string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  groups.forEach((group, index) => {
    length = group === '0' ? length + 1 : 0
    if (length > best.length) best = { start: index - length + 1, length }
  })
  return best
}

/** A network as `ip -6 route` prints it. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  const below = BigInt(128 - outer.length)
  return inner.length >= outer.length && inner.address >> below === outer.address >> below
}

import { quote } from '../names.ts'
import { Problem } from '../problem.ts'

/** Ports from the first to the last, both included. No range at all means every port. */
export type Ports = readonly (readonly [first: number, last: number])[]

/** Longer lists would be a table of their own; nobody has written one yet. */
const RANGES_MAX = 32

const RANGE = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/

/**
 * The only door through which the ports of a rule enter. A single one may be a number, as YAML reads 22; what is there twice
 * is kept once.
 * @throws Problem bad-rule
 */
export function parsePorts(given: readonly (string | number)[]): Ports {
  const texts = [...new Set(given.map(String))]
  if (texts.length > RANGES_MAX) {
    throw new Problem('bad-rule', `a rule takes at most ${RANGES_MAX} ports and ranges, and these are ${texts.length}`)
  }
  return texts.map(parseRange)
}

function parseRange(text: string): [first: number, last: number] {
  const [, low, high] = RANGE.exec(text) ?? []
  const [first, last] = [Number(low), Number(high ?? low)]
  const isRange = high === undefined ? first <= 65535 : first < last && last <= 65535
  if (!isRange) {
    throw new Problem('bad-rule', `${quote(text)} is not a port such as "22" or a range such as "8000-8100"`)
  }
  return [first, last]
}

export function formatPorts(ports: Ports): string[] {
  return ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
}

export function coversPort(ports: Ports, port: number): boolean {
  return ports.length === 0 || ports.some(([first, last]) => first <= port && port <= last)
}

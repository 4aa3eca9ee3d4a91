import { quote } from '../names.ts'
import { Problem } from '../problem.ts'
import { formatPeer, type Peer, parsePeer } from './peer.ts'
import { formatPorts, type Ports, parsePorts } from './ports.ts'

export const ACTIONS = ['allow', 'deny'] as const
export const DIRECTIONS = ['from', 'to', 'both'] as const
export const PROTOCOLS = ['tcp', 'udp', 'icmpv6', 'any'] as const

export type Action = (typeof ACTIONS)[number]

/** Who opens the connection: `from` is the member, `to` the peer. */
export type Direction = (typeof DIRECTIONS)[number]

export type Protocol = (typeof PROTOCOLS)[number]

/** What a group says about the connections of its members. */
export type Rule = {
  readonly action: Action
  readonly direction: Direction
  readonly peer: Peer
  readonly protocol: Protocol
  /** At the end that is connected to. */
  readonly ports: Ports
  /** Of the member's own sixteen networks the one that the rule is about; all of them without. */
  readonly network: number | undefined
}

/** A rule as it is written in the API and in files. */
export type RuleText = {
  action: string
  direction: string
  peer: string
  protocol: string
  ports?: string[]
  network?: string
}

/** The same as it may be given. */
export type GivenRule = Omit<RuleText, 'ports'> & { ports?: (string | number)[] }

/**
 * The only door through which a rule enters.
 * @throws Problem bad-rule, saying what would be right
 */
export function parseRule(text: GivenRule): Rule {
  const protocol = oneOf(PROTOCOLS, text.protocol, 'protocol')
  const ports = parsePorts(text.ports ?? [])
  if (ports.length > 0 && protocol !== 'tcp' && protocol !== 'udp') {
    throw new Problem('bad-rule', `ports need the protocol tcp or udp, and this rule has ${protocol}`)
  }
  return {
    action: oneOf(ACTIONS, text.action, 'action'),
    direction: oneOf(DIRECTIONS, text.direction, 'direction'),
    peer: parsePeer(text.peer),
    protocol,
    ports,
    network: text.network === undefined ? undefined : parseNetwork(text.network),
  }
}

export function formatRule(rule: Rule): RuleText {
  return {
    action: rule.action,
    direction: rule.direction,
    peer: formatPeer(rule.peer),
    protocol: rule.protocol,
    ...(rule.ports.length > 0 && { ports: formatPorts(rule.ports) }),
    ...(rule.network !== undefined && { network: rule.network.toString(16) }),
  }
}

function oneOf<T extends string>(words: readonly T[], text: string, what: string): T {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  throw new Problem(
    'bad-rule',
    `${quote(text)} is no ${what}: write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
  )
}

function parseNetwork(text: string): number {
  if (/^[0-9a-f]$/.test(text)) return Number.parseInt(text, 16)
  throw new Problem('bad-rule', `${quote(text)} is no network of a gateway: write one digit, 0 to 9 or a to f`)
}

import { type Fqdn, type GroupName, parseFqdn, parseGroupName, parseUserName, quote, type UserName } from '../names.ts'
import { formatPrefix, type Prefix, parsePrefix } from '../prefix.ts'
import { Problem } from '../problem.ts'

/** The other end of a connection, as a rule names it. */
export type Peer =
  /** Everything; all outside the site prefix but the VPN host; the VPN host itself. */
  | { readonly kind: 'any' | 'internet' | 'host' }
  /** By address, and never the VPN host: that one is only `host` and `any`. */
  | { readonly kind: 'prefix'; readonly prefix: Prefix }
  | { readonly kind: 'gateway'; readonly name: Fqdn }
  /** The user's whole block. */
  | { readonly kind: 'user'; readonly name: UserName }
  | { readonly kind: 'group'; readonly name: GroupName }

/**
 * The only door through which the peer of a rule, or an end of a policy's test, enters.
 * @throws Problem bad-rule
 */
export function parsePeer(text: string): Peer {
  if (isWord(text)) return { kind: text }
  const [, kind, name = ''] = /^(gateway|user|group):(.*)$/s.exec(text) ?? []
  try {
    if (kind === 'gateway') return { kind, name: parseFqdn(name) }
    if (kind === 'user') return { kind, name: parseUserName(name) }
    if (kind === 'group') return { kind, name: parseGroupName(name) }
    if (text.includes('/')) return { kind: 'prefix', prefix: parsePrefix(text) }
    if (ADDRESS.test(text)) throw lengthMissing(text)
  } catch (error) {
    if (error instanceof Problem) throw new Problem('bad-rule', error.message, {}, { cause: error })
    throw error
  }
  throw new Problem(
    'bad-rule',
    `${quote(text)} is no peer: write any, internet, host, a network such as 2001:db8::/32, gateway:<name>, user:<name> or group:<name>`,
  )
}

/** What may be an address; parsePrefix says whether it is. */
const ADDRESS = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/

/** An address alone is a network that lacks its length. Where the address is written wrong too, that is said. */
function lengthMissing(text: string): Problem {
  const prefix = formatPrefix(parsePrefix(`${text}/128`))
  return new Problem('bad-rule', `${quote(text)} is an address, and a peer is a network: write ${prefix}`)
}

/**
 * Keeps new groups from being called as those are whom a rule's peer names without a group.
 * @throws Problem bad-name
 */
export function expectNoPeerWord(name: GroupName): void {
  if (!isWord(name)) return
  throw new Problem('bad-name', `No group may be called ${quote(name)}: that word alone is a peer of rules already.`)
}

function isWord(text: string): text is 'any' | 'internet' | 'host' {
  return text === 'any' || text === 'internet' || text === 'host'
}

export function formatPeer(peer: Peer): string {
  if (peer.kind === 'prefix') return formatPrefix(peer.prefix)
  return 'name' in peer ? `${peer.kind}:${peer.name}` : peer.kind
}

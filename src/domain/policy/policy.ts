import { type Fqdn, type GroupName, parseFqdn, parseUserName, quote, type UserName } from '../names.ts'
import { Problem } from '../problem.ts'
import type { Rule } from './rule.ts'

/** What a gateway may do where no rule says anything. */
export type Default = 'open' | 'closed'

/** A user is a member with all its gateways. */
export type Member =
  | { readonly kind: 'user'; readonly name: UserName }
  | { readonly kind: 'gateway'; readonly name: Fqdn }

export type Group = {
  readonly name: GroupName
  /** In order: the first that matches decides. */
  readonly rules: readonly Rule[]
  readonly members: readonly Member[]
}

export type Policy = { readonly default: Default; readonly groups: readonly Group[] }

/**
 * A member as the policy's document writes it: user:ada or gateway:a.example.org.
 * @throws Problem bad-name
 */
export function parseMember(text: string): Member {
  const [, kind, name = ''] = /^(gateway|user):(.*)$/s.exec(text) ?? []
  if (kind === 'gateway') return { kind, name: parseFqdn(name) }
  if (kind === 'user') return { kind, name: parseUserName(name) }
  throw new Problem('bad-name', `${quote(text)} is no member: write user:<name> or gateway:<name>`)
}

export function formatMember(member: Member): string {
  return `${member.kind}:${member.name}`
}

/** The order in which the groups of a gateway are asked: by name, letter by letter, the same on every machine. */
export function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  if (one.name === other.name) return 0
  return one.name < other.name ? -1 : 1
}

import type { Test } from 'tap'
import { type Fqdn, type GroupName, parseFqdn, parseGroupName, parseUserName } from '../domain/names.ts'
import { type Member, parseMember } from '../domain/policy/policy.ts'
import { parseRule, type Rule } from '../domain/policy/rule.ts'
import { createGateway } from '../provision/create-gateway.ts'
import { createGroup } from '../provision/create-group.ts'
import { createUser } from '../provision/create-user.ts'
import { setMember } from '../provision/set-member.ts'
import { setRules } from '../provision/set-rules.ts'
import { openTestUnit, type TestUnit } from './test-unit.ts'

export const CALLER = { actor: 'root', requestId: 'r-1' }
export const any = () => undefined

export const group = (name: string): GroupName => parseGroupName(name)
export const member = (text: string): Member => parseMember(text)
export const gateway = (name: string): Fqdn => parseFqdn(`${name}.example.org`)

/** `allow from any tcp 22`, with what is left away being any. */
export function rule(words: string): Rule {
  const [action = '', direction = '', peer = '', protocol = 'any', ...ports] = words.split(' ')
  return parseRule({ action, direction, peer, protocol, ...(ports.length > 0 && { ports }) })
}

/**
 * Ada with the gateways a and b, bob with c, eve without; the groups dev, with c, and ops, with ada, of which nothing is
 * said yet.
 */
export async function openPolicyUnit(t: Test): Promise<TestUnit> {
  const opened = await openTestUnit(t)
  const { unit } = opened
  for (const name of ['ada', 'bob', 'eve']) await createUser(unit, CALLER, { name: parseUserName(name) })
  for (const [name, user] of [
    ['a', 'ada'],
    ['b', 'ada'],
    ['c', 'bob'],
  ] as const) {
    await createGateway(unit, CALLER, { name: gateway(name), user: parseUserName(user), key: { keyType: 'ec-p256' } })
  }
  for (const name of ['ops', 'dev']) await createGroup(unit, CALLER, { name: group(name), description: '' })
  await setMember(unit, CALLER, group('ops'), member('user:ada'), true, any)
  await setMember(unit, CALLER, group('dev'), member('gateway:c.example.org'), true, any)
  return opened
}

/** Gives a group these rules. */
export async function giveRules({ unit }: TestUnit, name: string, ...words: string[]): Promise<void> {
  await setRules(unit, CALLER, group(name), words.map(rule), any)
}

/** The newest row of the audit. */
export function lastAudit({ unit }: TestUnit) {
  return unit.store.audit.list(Number.MAX_SAFE_INTEGER, 1)[0]
}

/** What agents are told to look at again since a revision. */
export function touchedSince({ unit }: TestUnit, revision: number): string[] {
  const touched = unit.feed.touchedSince({ feed: unit.feed.id, revision, order: 0 })
  return [...(touched?.gateways ?? ['everything'])].sort()
}

import { type Fqdn, type GroupName, quote, type TokenName, type UserName } from '../domain/names.ts'
import type { Peer } from '../domain/policy/peer.ts'
import type { Member } from '../domain/policy/policy.ts'
import { Problem } from '../domain/problem.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { MemberReference } from '../store/group-members.ts'
import type { GroupRow } from '../store/groups.ts'
import type { PeerReference } from '../store/rule-writes.ts'
import type { TokenRow } from '../store/tokens.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'

/** @throws Problem user-unknown */
export function knownUser(unit: Unit, name: UserName): UserRow {
  const user = unit.store.users.find(name)
  if (user === undefined) throw noUser(name)
  return user
}

/** @throws Problem gateway-unknown */
export function knownGateway(unit: Unit, name: Fqdn): GatewayRow {
  const gateway = unit.store.gateways.find(name)
  if (gateway === undefined) throw noGateway(name)
  return gateway
}

function noUser(name: UserName): Problem {
  return new Problem('user-unknown', `There is no user ${quote(name)}.`, { user: name })
}

function noGateway(name: Fqdn): Problem {
  return new Problem('gateway-unknown', `There is no gateway ${quote(name)}.`, { gateway: name })
}

/** @throws Problem group-unknown */
export function knownGroup(unit: Unit, name: GroupName): GroupRow {
  const group = unit.store.groups.find(name)
  if (group === undefined) throw noGroup(name)
  return group
}

export function noGroup(name: GroupName): Problem {
  return new Problem('group-unknown', `There is no group ${quote(name)}.`)
}

/**
 * Whom a membership refers to.
 * @throws Problem user-unknown, gateway-unknown
 */
export function knownMember({ store }: Unit, member: Member): MemberReference {
  if (member.kind === 'user') {
    const user = store.members.userReference(member.name)
    if (user === undefined) throw noUser(member.name)
    return user
  }
  const gateway = store.members.gatewayReference(member.name)
  if (gateway === undefined) throw noGateway(member.name)
  return gateway
}

/**
 * Whom a rule names.
 * @throws Problem user-unknown, gateway-unknown, group-unknown
 */
export function knownPeer(unit: Unit, peer: Peer, hasGroup: (name: GroupName) => boolean): PeerReference {
  if (peer.kind === 'group' && !hasGroup(peer.name)) throw noGroup(peer.name)
  if (peer.kind !== 'gateway' && peer.kind !== 'user') return { peerGateway: null, peerUser: null }
  const reference = knownMember(unit, peer)
  return 'userNumber' in reference
    ? { peerGateway: null, peerUser: reference.userNumber }
    : { peerGateway: reference.gatewayId, peerUser: null }
}

/** @throws Problem token-unknown */
export function knownToken(unit: Unit, name: TokenName): TokenRow {
  const token = unit.store.tokens.find(name)
  if (token === undefined) throw new Problem('token-unknown', `There is no token ${quote(name)}.`)
  return token
}

/** Called with the row as it is in the transaction that changes it; throws when the caller saw another. */
export type Expectation<Row> = (row: Row) => void

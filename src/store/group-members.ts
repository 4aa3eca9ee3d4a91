import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import type { Member } from '../domain/policy/policy.ts'
import type { Connection } from './database.ts'

/** Whom a membership refers to: one of the two. */
export type MemberReference = { userNumber: number } | { gatewayId: number }

/** In which group, and through whom: the gateway itself or its user. */
export type Membership = { group: GroupName; via: Member['kind'] }

export type MemberQueries = ReturnType<typeof prepareMembers>

/** Gateways before users, each by name. */
const MEMBERS = `
  select group_name as "group", 'gateway' as kind, gateways.name as name
  from group_members join gateways on gateways.id = gateway_id
  union all
  select group_name, 'user', users.name
  from group_members join users on users.number = user_number`

const PLACED = `
  select gateway_id as gateway, group_name as "group" from group_members where gateway_id is not null
  union
  select gateways.id, group_name from group_members join gateways on gateways.user_number = group_members.user_number`

type MemberLine = { group: GroupName; kind: 'user' | 'gateway'; name: string }

/** The queries of the table `group_members`. */
export function prepareMembers(connection: Connection) {
  return {
    ...prepareLists(connection),
    ...prepareGroupsOf(connection),
    ...prepareReferences(connection),
    ...prepareWriting(connection),
  }
}

function prepareLists(connection: Connection) {
  const ofGroup = connection.prepare<[string], MemberLine>(
    `select * from (${MEMBERS}) where "group" = ? order by kind, name`,
  )
  const all = connection.prepare<[], MemberLine>(`select * from (${MEMBERS}) order by "group", kind, name`)
  return {
    /** Gateways first, then users, each by name. */
    list: (group: GroupName): Member[] => ofGroup.all(group).map(memberOf),
    listAll: (): Map<GroupName, Member[]> => {
      const byGroup = Map.groupBy(all.all(), ({ group }) => group)
      return new Map([...byGroup].map(([group, lines]) => [group, lines.map(memberOf)]))
    },
  }
}

function memberOf({ kind, name }: MemberLine): Member {
  return kind === 'user' ? { kind, name: name as UserName } : { kind, name: name as Fqdn }
}

function prepareGroupsOf(connection: Connection) {
  const ofOne = connection.prepare<[string, string], Membership>(
    `select group_name as "group", 'gateway' as via
     from group_members join gateways on gateways.id = gateway_id where gateways.name = ?
     union all
     select group_name, 'user'
     from gateways join group_members on group_members.user_number = gateways.user_number where gateways.name = ?
     order by 1, 2`,
  )
  const ofAll = connection.prepare<[], { name: Fqdn; group: GroupName }>(
    `select gateways.name as name, placed."group" as "group" from (${PLACED}) placed
     join gateways on gateways.id = placed.gateway order by gateways.name, placed."group"`,
  )
  return {
    /** The memberships of a gateway, by group: twice in a group when it and its user are members. */
    ofGateway: (gateway: Fqdn): Membership[] => ofOne.all(gateway, gateway),
    /** The names of a gateway's groups in their order, by itself or by its user. */
    groupsOf: (gateway: Fqdn): GroupName[] => [...new Set(ofOne.all(gateway, gateway).map(({ group }) => group))],
    /** The same of every gateway that is in a group. */
    groupsOfAll: (): Map<Fqdn, GroupName[]> => {
      const groups = new Map<Fqdn, GroupName[]>()
      for (const { name, group } of ofAll.all()) {
        const known = groups.get(name)
        if (known === undefined) groups.set(name, [group])
        else known.push(group)
      }
      return groups
    },
  }
}

/** A gateway where it stands in the plan. */
export type PlannedGateway = { name: Fqdn; user: UserName; number: number; slot: number }

function prepareReferences(connection: Connection) {
  const user = connection.prepare<[string], { userNumber: number }>(
    'select number as userNumber from users where name = ?',
  )
  const gateway = connection.prepare<[string], { gatewayId: number }>(
    'select id as gatewayId from gateways where name = ?',
  )
  const planned = connection.prepare<[], PlannedGateway>(
    `select gateways.name as name, users.name as user, users.number as number, gateways.slot as slot
     from gateways join users on users.number = gateways.user_number`,
  )
  return {
    userReference: (name: UserName): { userNumber: number } | undefined => user.get(name),
    gatewayReference: (name: Fqdn): { gatewayId: number } | undefined => gateway.get(name),
    /** Every gateway, whatever it is allowed. */
    plannedGateways: (): PlannedGateway[] => planned.all(),
  }
}

function prepareWriting(connection: Connection) {
  const insert = connection.prepare<[string, number | null, number | null]>(
    'insert into group_members (group_name, user_number, gateway_id) values (?, ?, ?) on conflict do nothing',
  )
  const removeUser = connection.prepare<[string, number]>(
    'delete from group_members where group_name = ? and user_number = ?',
  )
  const removeGateway = connection.prepare<[string, number]>(
    'delete from group_members where group_name = ? and gateway_id = ?',
  )
  return {
    /** Whether it was none before. */
    add: (group: GroupName, member: MemberReference): boolean => {
      const [user, gateway] = 'userNumber' in member ? [member.userNumber, null] : [null, member.gatewayId]
      return insert.run(group, user, gateway).changes > 0
    },
    /** Whether it was one. */
    remove: (group: GroupName, member: MemberReference): boolean => {
      const done =
        'userNumber' in member ? removeUser.run(group, member.userNumber) : removeGateway.run(group, member.gatewayId)
      return done.changes > 0
    },
  }
}

import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import type { Peer } from '../domain/policy/peer.ts'
import type { Rule } from '../domain/policy/rule.ts'
import { formatPrefix, parsePrefix } from '../domain/prefix.ts'
import type { Connection, Database } from './database.ts'
import { asc, eq, sql } from './drizzle.ts'
import { gateways, groupRules, users } from './schema.ts'

/** Whom a rule names, by what the table refers to. */
export type PeerReference = {
  peerGateway: number | null
  peerUser: number | null
}

/** A rule with the gateway or the user that it names, as the database knows them. */
export type StoredRule = Rule & { reference: PeerReference }

export type RulePlace = { group: GroupName; position: number }

export type RuleQueries = ReturnType<typeof prepareRules>

const columns = {
  group: groupRules.group,
  position: groupRules.position,
  action: groupRules.action,
  direction: groupRules.direction,
  peerKind: groupRules.peerKind,
  peerPrefix: groupRules.peerPrefix,
  peerGroup: groupRules.peerGroup,
  gateway: gateways.name,
  user: users.name,
  protocol: groupRules.protocol,
  ports: groupRules.ports,
  network: groupRules.network,
}

type RuleLine = Pick<
  typeof groupRules.$inferSelect,
  'group' | 'action' | 'direction' | 'peerKind' | 'peerPrefix' | 'peerGroup' | 'protocol' | 'ports' | 'network'
> & { gateway: Fqdn | null; user: UserName | null }

/** The queries of the table `group_rules`. */
export function prepareRules(database: Database, connection: Connection) {
  const from = () =>
    database
      .select(columns)
      .from(groupRules)
      .leftJoin(gateways, eq(gateways.id, groupRules.peerGateway))
      .leftJoin(users, eq(users.number, groupRules.peerUser))
      .$dynamic()
  const ofGroup = from()
    .where(eq(groupRules.group, sql.placeholder('group')))
    .orderBy(asc(groupRules.position))
    .prepare()
  const all = from().orderBy(asc(groupRules.group), asc(groupRules.position)).prepare()

  return {
    list: (group: GroupName): Rule[] => ofGroup.all({ group }).map(ruleOf),
    listAll: (): Map<GroupName, Rule[]> => {
      const byGroup = Map.groupBy(all.all(), ({ group }) => group)
      return new Map([...byGroup].map(([group, lines]) => [group, lines.map(ruleOf)]))
    },
    ...prepareNaming(connection),
    ...prepareWriting(connection),
  }
}

function ruleOf({ action, direction, protocol, ports, network, ...line }: RuleLine): Rule {
  return { action, direction, peer: peerOf(line), protocol, ports, network: network ?? undefined }
}

function peerOf({
  peerKind,
  peerPrefix,
  peerGroup,
  gateway,
  user,
}: Pick<RuleLine, 'peerKind' | 'peerPrefix' | 'peerGroup' | 'gateway' | 'user'>): Peer {
  if (peerKind === 'prefix' && peerPrefix !== null) return { kind: peerKind, prefix: parsePrefix(peerPrefix) }
  if (peerKind === 'gateway' && gateway !== null) return { kind: peerKind, name: gateway }
  if (peerKind === 'user' && user !== null) return { kind: peerKind, name: user }
  if (peerKind === 'group' && peerGroup !== null) return { kind: peerKind, name: peerGroup }
  if (peerKind === 'any' || peerKind === 'internet' || peerKind === 'host') return { kind: peerKind }
  throw new Error(`a rule names a ${peerKind} and refers to none`)
}

/** Where rules name somebody. */
function prepareNaming(connection: Connection) {
  const places = (column: string) =>
    connection.prepare<[number | string], RulePlace>(
      `select group_name as "group", position from group_rules where ${column} = ? order by group_name, position`,
    )
  const [gateway, user, group] = [places('peer_gateway'), places('peer_user'), places('peer_group')]
  return {
    namingGateway: (id: number): RulePlace[] => gateway.all(id),
    namingUser: (number: number): RulePlace[] => user.all(number),
    namingGroup: (name: GroupName): RulePlace[] => group.all(name),
  }
}

/** What stands in a row beside the group and the position. */
const WRITTEN = [
  'action',
  'direction',
  'peer_kind',
  'peer_prefix',
  'peer_gateway',
  'peer_user',
  'peer_group',
  'protocol',
  'ports',
  'network',
]

function prepareWriting(connection: Connection) {
  const insert = connection.prepare(
    `insert into group_rules (group_name, position, ${WRITTEN.join(', ')}) values (?, ?${', ?'.repeat(WRITTEN.length)})`,
  )
  const removeAll = connection.prepare('delete from group_rules where group_name = ?')
  const remove = connection.prepare('delete from group_rules where group_name = ? and position = ?')
  // By way of negative positions: no two rules may share one, not even for a moment.
  const lift = connection.prepare(
    'update group_rules set position = -(position + ?) where group_name = ? and position >= ?',
  )
  const settle = connection.prepare('update group_rules set position = -position where group_name = ? and position < 0')
  const move = (group: GroupName, from: number, by: number): void => {
    lift.run(by, group, from)
    settle.run(group)
  }
  const add = (group: GroupName, position: number, rule: StoredRule): void => {
    insert.run(group, position, ...valuesOf(rule))
  }
  return {
    /** Makes these the rules of a group, in this order. */
    replace: (group: GroupName, rules: readonly StoredRule[]): void => {
      removeAll.run(group)
      rules.forEach((rule, at) => {
        add(group, at + 1, rule)
      })
    },
    /** Puts a rule at a position; those that stand there and behind move down. */
    insert: ({ group, position }: RulePlace, rule: StoredRule): void => {
      move(group, position, 1)
      add(group, position, rule)
    },
    /** Takes a rule out; those behind it move up. */
    remove: ({ group, position }: RulePlace): void => {
      remove.run(group, position)
      move(group, position + 1, -1)
    },
  }
}

/** In the order of WRITTEN. */
function valuesOf({ action, direction, peer, protocol, ports, network, reference }: StoredRule): unknown[] {
  const prefix = peer.kind === 'prefix' ? formatPrefix(peer.prefix) : null
  const group = peer.kind === 'group' ? peer.name : null
  const { peerGateway, peerUser } = reference
  return [
    action,
    direction,
    peer.kind,
    prefix,
    peerGateway,
    peerUser,
    group,
    protocol,
    JSON.stringify(ports),
    network ?? null,
  ]
}

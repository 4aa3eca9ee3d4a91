import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import type { Peer } from '../domain/policy/peer.ts'
import type { Rule } from '../domain/policy/rule.ts'
import { parsePrefix } from '../domain/prefix.ts'
import type { Connection, Database } from './database.ts'
import { asc, eq, sql } from './drizzle.ts'
import { prepareRuleWrites, type RulePlace } from './rule-writes.ts'
import { gateways, users } from './schema/gateways.ts'
import { groupRules } from './schema/policy.ts'

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
    ...prepareRuleWrites(connection),
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

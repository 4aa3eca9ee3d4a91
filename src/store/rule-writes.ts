import type { GroupName } from '../domain/names.ts'
import type { Rule } from '../domain/policy/rule.ts'
import { formatPrefix } from '../domain/prefix.ts'
import type { Connection } from './database.ts'

/** Whom a rule names, by what the table refers to. */
export type PeerReference = {
  peerGateway: number | null
  peerUser: number | null
}

/** A rule with the gateway or the user that it names, as the database knows them. */
export type StoredRule = Rule & { reference: PeerReference }

export type RulePlace = { group: GroupName; position: number }

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

/** What changes the table `group_rules`. */
export function prepareRuleWrites(connection: Connection) {
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

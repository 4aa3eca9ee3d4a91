import type { GroupName } from '../../domain/names.ts'
import type { Peer } from '../../domain/policy/peer.ts'
import type { Action, Direction, Protocol, Rule } from '../../domain/policy/rule.ts'
import { check, index, integer, primaryKey, sql, sqliteTable, text, uniqueIndex } from '../drizzle.ts'
import { gateways, users } from './gateways.ts'
import { time } from './time.ts'

/** Those that rules are made for. */
export const groups = sqliteTable('groups', {
  name: text('name').$type<GroupName>().primaryKey(),
  description: text('description').notNull().default(''),
  createdAt: time('created_at').notNull(),
})

/** A user, with whatever gateways it has, or a gateway. Whoever goes is in no group any more. */
export const groupMembers = sqliteTable(
  'group_members',
  {
    group: text('group_name')
      .$type<GroupName>()
      .notNull()
      .references(() => groups.name, { onDelete: 'cascade' }),
    userNumber: integer('user_number').references(() => users.number, { onDelete: 'cascade' }),
    gatewayId: integer('gateway_id').references(() => gateways.id, { onDelete: 'cascade' }),
  },
  (row) => [
    uniqueIndex('one_membership_per_user').on(row.group, row.userNumber),
    uniqueIndex('one_membership_per_gateway').on(row.group, row.gatewayId),
    index('groups_of_user').on(row.userNumber),
    index('groups_of_gateway').on(row.gatewayId),
    check('a_user_or_a_gateway', sql`(${row.userNumber} is null) <> (${row.gatewayId} is null)`),
  ],
)

/**
 * The rules of a group in their order. Whom a rule names it refers to, so that none can be left that names nobody:
 * a removal takes such rules along, or is refused.
 */
export const groupRules = sqliteTable(
  'group_rules',
  {
    group: text('group_name')
      .$type<GroupName>()
      .notNull()
      .references(() => groups.name, { onDelete: 'cascade' }),
    /** From 1. */
    position: integer('position').notNull(),
    action: text('action').$type<Action>().notNull(),
    direction: text('direction').$type<Direction>().notNull(),
    peerKind: text('peer_kind').$type<Peer['kind']>().notNull(),
    peerPrefix: text('peer_prefix'),
    peerGateway: integer('peer_gateway').references(() => gateways.id),
    peerUser: integer('peer_user').references(() => users.number),
    peerGroup: text('peer_group')
      .$type<GroupName>()
      .references(() => groups.name),
    protocol: text('protocol').$type<Protocol>().notNull(),
    ports: text('ports', { mode: 'json' }).$type<Rule['ports']>().notNull(),
    network: integer('network'),
  },
  (row) => [
    primaryKey({ columns: [row.group, row.position] }),
    index('rules_naming_gateway').on(row.peerGateway).where(sql`peer_gateway is not null`),
    index('rules_naming_user').on(row.peerUser).where(sql`peer_user is not null`),
    index('rules_naming_group').on(row.peerGroup).where(sql`peer_group is not null`),
  ],
)

/** What the policy must always do, in its own words. */
export const policyTests = sqliteTable('policy_tests', {
  name: text('name').primaryKey(),
  position: integer('position').notNull(),
  from: text('from_peer').notNull(),
  to: text('to_peer').notNull(),
  protocol: text('protocol').$type<Exclude<Protocol, 'any'>>().notNull(),
  port: integer('port'),
  expect: text('expect').$type<Action>().notNull(),
})

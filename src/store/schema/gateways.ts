import type { Fqdn, UserName } from '../../domain/names.ts'
import { check, integer, primaryKey, sql, sqliteTable, text, uniqueIndex } from '../drizzle.ts'
import { time } from './time.ts'

/** A user is its number: the number stands in every address it owns. The name may change hands, the number rests first. */
export const users = sqliteTable(
  'users',
  {
    number: integer('number').primaryKey(),
    name: text('name').$type<UserName>().notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull().default(false),
    createdAt: time('created_at').notNull(),
  },
  (row) => [uniqueIndex('one_user_per_name').on(row.name), check('reserved_numbers', sql`${row.number} >= 2`)],
)

/** A gateway is its id: name and slot are used again after a removal, and nothing that is trusted goes by them. */
export const gateways = sqliteTable(
  'gateways',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').$type<Fqdn>().notNull(),
    userNumber: integer('user_number')
      .notNull()
      .references(() => users.number),
    slot: integer('slot').notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull().default(false),
    createdAt: time('created_at').notNull(),
  },
  (row) => [
    uniqueIndex('one_gateway_per_name').on(row.name),
    // The address plan: a place belongs to one gateway at a time.
    uniqueIndex('one_gateway_per_slot').on(row.userNumber, row.slot),
    check('sixteen_slots', sql`${row.slot} between 0 and 15`),
  ],
)

/** Numbers of removed users, not given out by themselves for a while: old sessions may still hold their addresses. */
export const restingNumbers = sqliteTable('resting_numbers', {
  number: integer('number').primaryKey(),
  since: time('since').notNull(),
})

/** Slots of removed gateways, likewise. */
export const restingSlots = sqliteTable(
  'resting_slots',
  {
    userNumber: integer('user_number').notNull(),
    slot: integer('slot').notNull(),
    since: time('since').notNull(),
  },
  (row) => [primaryKey({ columns: [row.userNumber, row.slot] })],
)

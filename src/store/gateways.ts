import type { Fqdn } from '../domain/names.ts'
import { bound } from './bound.ts'
import type { Connection, Database } from './database.ts'
import { and, asc, count, eq, lte, sql } from './drizzle.ts'
import { prepareGatewayRows } from './gateway-rows.ts'
import { gateways, restingSlots, users } from './schema/gateways.ts'
import { toSeconds } from './seconds.ts'

/** What the files say of a gateway. */
export type PublishedGateway = { name: Fqdn; number: number; slot: number; enabled: boolean }

export type GatewayQueries = ReturnType<typeof prepareGateways>

const published = {
  name: gateways.name,
  number: gateways.userNumber,
  slot: gateways.slot,
  enabled: sql<boolean>`not (${gateways.disabled} or ${users.disabled})`.mapWith(Boolean),
}

/** The queries of the tables `gateways` and `resting_slots`. */
export function prepareGateways(database: Database, connection: Connection) {
  const name = sql.placeholder('name')
  const insert = database
    .insert(gateways)
    .values({
      name,
      userNumber: sql.placeholder('userNumber'),
      slot: sql.placeholder('slot'),
      createdAt: sql.placeholder('createdAt'),
    })
    .prepare()
  const setDisabled = database
    .update(gateways)
    .set({ disabled: sql`${sql.placeholder('disabled')}` })
    .where(eq(gateways.id, sql.placeholder('id')))
    .prepare()
  const remove = database
    .delete(gateways)
    .where(eq(gateways.id, sql.placeholder('id')))
    .prepare()
  const total = database.select({ total: count() }).from(gateways).prepare()

  return {
    insert: (gateway: { name: Fqdn; userNumber: number; slot: number; createdAt: Date }): number =>
      Number(insert.run(gateway).lastInsertRowid),
    setDisabled: (id: number, disabled: boolean): void => {
      setDisabled.run({ id, disabled: disabled ? 1 : 0 })
    },
    remove: (id: number): void => {
      remove.run({ id })
    },
    total: (): number => total.get()?.total ?? 0,
    ...prepareGatewayRows(database, connection),
    ...preparePublished(database),
    ...prepareSlots(database),
  }
}

function preparePublished(database: Database) {
  const from = () =>
    database.select(published).from(gateways).innerJoin(users, eq(users.number, gateways.userNumber)).$dynamic()
  const one = from()
    .where(eq(gateways.name, bound('name')))
    .prepare()
  const all = from().orderBy(asc(gateways.id)).prepare()
  const ofUser = database
    .select({ name: gateways.name })
    .from(gateways)
    .where(eq(gateways.userNumber, bound('number')))
    .orderBy(asc(gateways.id))
    .prepare()
  return {
    findPublished: (name: string): PublishedGateway | undefined => one.get({ name }),
    /** In the order of their creation, which is the order of the route list. */
    listPublished: (): PublishedGateway[] => all.all(),
    namesOfUser: (number: number): Fqdn[] => ofUser.all({ number }).map((gateway) => gateway.name),
  }
}

function prepareSlots(database: Database) {
  const userNumber = sql.placeholder('userNumber')
  const slot = sql.placeholder('slot')
  const taken = database
    .select({ slot: gateways.slot, name: gateways.name })
    .from(gateways)
    .where(eq(gateways.userNumber, userNumber))
    .prepare()
  const resting = database
    .select({ slot: restingSlots.slot, since: restingSlots.since })
    .from(restingSlots)
    .where(eq(restingSlots.userNumber, bound('userNumber')))
    .orderBy(asc(restingSlots.since), asc(restingSlots.slot))
    .prepare()
  const rest = database
    .insert(restingSlots)
    .values({ userNumber, slot, since: sql.placeholder('since') })
    .onConflictDoUpdate({
      target: [restingSlots.userNumber, restingSlots.slot],
      set: { since: sql`excluded.since` },
    })
    .prepare()
  const wake = database
    .delete(restingSlots)
    .where(and(eq(restingSlots.userNumber, userNumber), eq(restingSlots.slot, slot)))
    .prepare()
  const wakeRested = database
    .delete(restingSlots)
    .where(lte(restingSlots.since, sql.placeholder('before')))
    .prepare()

  return {
    takenSlots: (number: number): { slot: number; name: Fqdn }[] => taken.all({ userNumber: number }),
    /** The longest at rest first. */
    restingSlots: (number: number): { slot: number; since: Date }[] => resting.all({ userNumber: number }),
    restSlot: (place: { number: number; slot: number }, since: Date): void => {
      rest.run({ userNumber: place.number, slot: place.slot, since })
    },
    wakeSlot: (place: { number: number; slot: number }): void => {
      wake.run({ userNumber: place.number, slot: place.slot })
    },
    /** Forgets the slots that have rested since `before`. */
    wakeRestedSlots: (before: Date): void => {
      wakeRested.run({ before: toSeconds(before) })
    },
  }
}

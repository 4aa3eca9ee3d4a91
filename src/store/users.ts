import type { UserName } from '../domain/names.ts'
import type { Database } from './database.ts'
import { asc, count, eq, gt, lt, lte, sql } from './drizzle.ts'
import { gateways, restingNumbers, users } from './schema/gateways.ts'
import { toSeconds } from './seconds.ts'

export type UserRow = {
  number: number
  name: UserName
  disabled: boolean
  createdAt: Date
  gateways: number
}

export type UserQueries = ReturnType<typeof prepareUsers>

const columns = {
  number: users.number,
  name: users.name,
  disabled: users.disabled,
  createdAt: users.createdAt,
}

/** The queries of the tables `users` and `resting_numbers`. */
export function prepareUsers(database: Database) {
  const gatewayCount = sql<number>`(select count(*) from ${gateways} where ${gateways.userNumber} = ${users.number})`
  const row = { ...columns, gateways: gatewayCount.as('gateways') }
  const name = sql.placeholder('name')
  const number = sql.placeholder('number')

  const find = database.select(row).from(users).where(eq(users.name, name)).prepare()
  const page = database
    .select(row)
    .from(users)
    .where(gt(users.name, sql.placeholder('after')))
    .orderBy(asc(users.name))
    .limit(sql.placeholder('limit'))
    .prepare()
  const insert = database
    .insert(users)
    .values({ number, name, createdAt: sql.placeholder('createdAt') })
    .prepare()
  const setDisabled = database
    .update(users)
    .set({ disabled: sql`${sql.placeholder('disabled')}` })
    .where(eq(users.number, number))
    .prepare()
  const remove = database.delete(users).where(eq(users.number, number)).prepare()
  const holder = database.select({ name: users.name }).from(users).where(eq(users.number, number)).prepare()
  const totals = database
    .select({ users: count(), highest: sql<number | null>`max(${users.number})` })
    .from(users)
    .prepare()

  return {
    find: (wanted: UserName): UserRow | undefined => find.get({ name: wanted }),
    /** In the order of their names, after `after`, at most `limit`. */
    list: (after: string, limit: number): UserRow[] => page.all({ after, limit }),
    /** Who has a number. */
    holder: (wanted: number): UserName | undefined => holder.get({ number: wanted })?.name,
    insert: (user: { number: number; name: UserName; createdAt: Date }): void => {
      insert.run(user)
    },
    setDisabled: (user: number, disabled: boolean): void => {
      setDisabled.run({ number: user, disabled: disabled ? 1 : 0 })
    },
    remove: (user: number): void => {
      remove.run({ number: user })
    },
    totals: (): { users: number; highest: number | null } => totals.get() ?? { users: 0, highest: null },
    ...prepareResting(database),
  }
}

function prepareResting(database: Database) {
  const since = sql.placeholder('since')
  const rest = database
    .insert(restingNumbers)
    .values({ number: sql.placeholder('number'), since })
    .onConflictDoUpdate({ target: restingNumbers.number, set: { since: sql`excluded.since` } })
    .prepare()
  const wake = database
    .delete(restingNumbers)
    .where(eq(restingNumbers.number, sql.placeholder('number')))
    .prepare()
  const wakeRested = database
    .delete(restingNumbers)
    .where(lt(restingNumbers.since, sql.placeholder('before')))
    .prepare()
  const longestAtRest = database
    .select({ number: restingNumbers.number })
    .from(restingNumbers)
    .where(lte(restingNumbers.number, sql.placeholder('last')))
    .orderBy(asc(restingNumbers.since), asc(restingNumbers.number))
    .limit(1)
    .prepare()
  const lowest = prepareLowestFree(database)

  return {
    rest: (number: number, at: Date): void => {
      rest.run({ number, since: at })
    },
    wake: (number: number): void => {
      wake.run({ number })
    },
    wakeRested: (before: Date): void => {
      wakeRested.run({ before: toSeconds(before) })
    },
    /** Of the numbers up to `last`. */
    longestAtRest: (last: number): number | undefined => longestAtRest.get({ last })?.number,
    lowestFree: lowest,
  }
}

/** Walks up from `first` while a number is a user's or rests: as many look-ups as there are numbers below the first gap. */
function prepareLowestFree(database: Database) {
  return (first: number): number => {
    const walk = sql`with recursive walk(number) as (
      select ${first}
      union all
      select number + 1 from walk
      where exists (select 1 from ${users} where ${users.number} = walk.number)
         or exists (select 1 from ${restingNumbers} where ${restingNumbers.number} = walk.number)
    ) select max(number) as number from walk`
    return database.get<{ number: number }>(walk).number
  }
}

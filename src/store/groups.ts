import type { GroupName } from '../domain/names.ts'
import type { Database } from './database.ts'
import { asc, count, eq, gt, sql } from './drizzle.ts'
import { groupMembers, groupRules, groups } from './schema/policy.ts'

/** A group, and how many members and rules it has. */
export type GroupRow = {
  name: GroupName
  description: string
  createdAt: Date
  members: number
  rules: number
}

export type GroupQueries = ReturnType<typeof prepareGroups>

const row = {
  name: groups.name,
  description: groups.description,
  createdAt: groups.createdAt,
  members: sql<number>`(select count(*) from ${groupMembers} where ${groupMembers.group} = ${groups.name})`.as(
    'members',
  ),
  rules: sql<number>`(select count(*) from ${groupRules} where ${groupRules.group} = ${groups.name})`.as('rules'),
}

/** The queries of the table `groups`. */
export function prepareGroups(database: Database) {
  const name = sql.placeholder('name')
  const description = sql.placeholder('description')
  const isNamed = eq(groups.name, name)

  const find = database.select(row).from(groups).where(isNamed).prepare()
  const page = database
    .select(row)
    .from(groups)
    .where(gt(groups.name, sql.placeholder('after')))
    .orderBy(asc(groups.name))
    .limit(sql.placeholder('limit'))
    .prepare()
  const insert = database
    .insert(groups)
    .values({ name, description, createdAt: sql.placeholder('createdAt') })
    .prepare()
  const describe = database
    .update(groups)
    .set({ description: sql`${description}` })
    .where(isNamed)
    .prepare()
  const remove = database.delete(groups).where(isNamed).prepare()
  const totals = database
    .select({ groups: count(), rules: sql<number>`(select count(*) from ${groupRules})` })
    .from(groups)
    .prepare()

  return {
    find: (wanted: GroupName): GroupRow | undefined => find.get({ name: wanted }),
    /** In the order of their names, after `after`, at most `limit`; all of them without. */
    list: (after = '', limit = -1): GroupRow[] => page.all({ after, limit }),
    insert: (group: { name: GroupName; description: string; createdAt: Date }): void => {
      insert.run(group)
    },
    describe: (wanted: GroupName, text: string): void => {
      describe.run({ name: wanted, description: text })
    },
    /** With its members and rules. */
    remove: (wanted: GroupName): void => {
      remove.run({ name: wanted })
    },
    totals: (): { groups: number; rules: number } => totals.get() ?? { groups: 0, rules: 0 },
  }
}

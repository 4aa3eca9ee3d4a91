import type { Action } from '../domain/policy/rule.ts'
import type { Database } from './database.ts'
import { asc, sql } from './drizzle.ts'
import { policyTests } from './schema/policy.ts'

/** A connection, and what must become of it; its ends in the words of a rule's peer. */
export type PolicyTest = {
  name: string
  from: string
  to: string
  protocol: 'tcp' | 'udp' | 'icmpv6'
  port?: number
  expect: Action
}

export type PolicyTestQueries = ReturnType<typeof preparePolicyTests>

/** The queries of the table `policy_tests`. */
export function preparePolicyTests(database: Database) {
  const list = database
    .select({
      name: policyTests.name,
      from: policyTests.from,
      to: policyTests.to,
      protocol: policyTests.protocol,
      port: policyTests.port,
      expect: policyTests.expect,
    })
    .from(policyTests)
    .orderBy(asc(policyTests.position))
    .prepare()
  const insert = database
    .insert(policyTests)
    .values({
      name: sql.placeholder('name'),
      position: sql.placeholder('position'),
      from: sql.placeholder('from'),
      to: sql.placeholder('to'),
      protocol: sql.placeholder('protocol'),
      port: sql`${sql.placeholder('port')}`,
      expect: sql.placeholder('expect'),
    })
    .prepare()
  const removeAll = database.delete(policyTests).prepare()

  return {
    /** In the order in which they were given. */
    list: (): PolicyTest[] =>
      list.all().map(({ port, expect, ...test }) => ({ ...test, ...(port === null ? {} : { port }), expect })),
    replace: (tests: readonly PolicyTest[]): void => {
      removeAll.run()
      tests.forEach((test, position) => {
        insert.run({ ...test, position, port: test.port ?? null })
      })
    },
  }
}

import type { SQL } from 'drizzle-orm'
import { sql } from './drizzle.ts'

/**
 * A placeholder for what a query compares a column with when it joins or sorts. Such a query SQLite would plan anew for
 * each value that is bound, in case another plan suits it better (it is built with STAT4), and that takes four times as
 * long as finding the row. Behind a plus it does not look at the value, and one plan lasts.
 */
export function bound(name: string): SQL {
  return sql`+${sql.placeholder(name)}`
}

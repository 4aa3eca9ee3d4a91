import type { Database } from './database.ts'
import { desc, lt, sql } from './drizzle.ts'
import { audit } from './schema/site.ts'

export type AuditRow = typeof audit.$inferSelect

export type AuditQueries = ReturnType<typeof prepareAudit>

/** The queries of the table `audit`. */
export function prepareAudit(database: Database) {
  const insert = database
    .insert(audit)
    .values({
      revision: sql.placeholder('revision'),
      at: sql.placeholder('at'),
      actor: sql.placeholder('actor'),
      action: sql.placeholder('action'),
      object: sql.placeholder('object'),
      detail: sql.placeholder('detail'),
      requestId: sql.placeholder('requestId'),
    })
    .prepare()
  const page = database
    .select()
    .from(audit)
    .where(lt(audit.revision, sql.placeholder('after')))
    .orderBy(desc(audit.revision))
    .limit(sql.placeholder('limit'))
    .prepare()

  return {
    insert: (row: AuditRow): void => {
      insert.run(row)
    },
    /** The newest first, beginning below revision `after`. */
    list: (after: number, limit: number): AuditRow[] => page.all({ after, limit }),
  }
}

import { type AuditQueries, prepareAudit } from './audit.ts'
import { type CertificateQueries, prepareCertificates } from './certificates.ts'
import { openDatabase } from './database.ts'
import { type FigureQueries, prepareFigures } from './figures.ts'
import { type GatewayQueries, prepareGateways } from './gateways.ts'
import { prepareSite, type SiteQueries } from './site.ts'
import { prepareUsers, type UserQueries } from './users.ts'
import { createWriteQueue, type WriteQueue } from './write-queue.ts'

/** The database. Queries may be called at any time; those that change rows only inside a `write`. */
export type Store = WriteQueue & {
  readonly users: UserQueries
  readonly gateways: GatewayQueries
  readonly certificates: CertificateQueries
  readonly site: SiteQueries
  readonly audit: AuditQueries
  readonly figures: FigureQueries
  close(): void
}

/** Opens the database at `path`, or one in memory for `:memory:`. */
export function openStore(path: string): Store {
  const { connection, database } = openDatabase(path)
  return {
    ...createWriteQueue(connection),
    users: prepareUsers(database),
    gateways: prepareGateways(database, connection),
    certificates: prepareCertificates(database),
    site: prepareSite(database),
    audit: prepareAudit(database),
    figures: prepareFigures(database),
    close: () => {
      connection.close()
    },
  }
}

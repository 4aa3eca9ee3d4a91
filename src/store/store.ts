import { type AuditQueries, prepareAudit } from './audit.ts'
import { type CertificateQueries, prepareCertificates } from './certificates.ts'
import { openDatabase } from './database.ts'
import { type FigureQueries, prepareFigures } from './figures.ts'
import { type GatewayQueries, prepareGateways } from './gateways.ts'
import { prepareSite, type SiteQueries } from './site.ts'
import { createTokenUses, type TokenUses } from './token-uses.ts'
import { prepareTokens, type TokenQueries } from './tokens.ts'
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
  readonly tokens: TokenQueries
  readonly tokenUses: TokenUses
  close(): void
}

/** Opens the database at `path`, or one in memory for `:memory:`. */
export function openStore(path: string): Store {
  const { connection, database } = openDatabase(path)
  const queue = createWriteQueue(connection)
  const tokens = prepareTokens(database)
  return {
    ...queue,
    users: prepareUsers(database),
    gateways: prepareGateways(database, connection),
    certificates: prepareCertificates(database),
    site: prepareSite(database),
    audit: prepareAudit(database),
    figures: prepareFigures(database),
    tokens,
    tokenUses: createTokenUses(queue, tokens),
    close: () => {
      connection.close()
    },
  }
}

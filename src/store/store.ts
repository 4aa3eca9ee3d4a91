import { type AccessQueries, prepareAccess } from './access.ts'
import { type AuditQueries, prepareAudit } from './audit.ts'
import { type CertificateQueries, prepareCertificates } from './certificates.ts'
import { openDatabase } from './database.ts'
import { type FigureQueries, prepareFigures } from './figures.ts'
import { type GatewayQueries, prepareGateways } from './gateways.ts'
import { type MemberQueries, prepareMembers } from './group-members.ts'
import { prepareRules, type RuleQueries } from './group-rules.ts'
import { type GroupQueries, prepareGroups } from './groups.ts'
import { type HostQueries, prepareHosts } from './hosts.ts'
import { type PolicyTestQueries, preparePolicyTests } from './policy-tests.ts'
import { prepareSessions, type SessionQueries } from './sessions.ts'
import { prepareSite, type SiteQueries } from './site.ts'
import { createTokenUses, type TokenUses } from './token-uses.ts'
import { prepareTokens, type TokenQueries } from './tokens.ts'
import { prepareTraffic, type TrafficQueries } from './traffic.ts'
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
  readonly access: AccessQueries
  readonly hosts: HostQueries
  readonly sessions: SessionQueries
  readonly traffic: TrafficQueries
  readonly tokens: TokenQueries
  readonly groups: GroupQueries
  readonly members: MemberQueries
  readonly rules: RuleQueries
  readonly policyTests: PolicyTestQueries
  readonly tokenUses: TokenUses
  close(): void
}

/** Opens the database at `path`, or one in memory for `:memory:`. */
export function openStore(path: string): Store {
  const { connection, database } = openDatabase(path)
  const queue = createWriteQueue(connection)
  const tokens = prepareTokens(database)
  const members = prepareMembers(connection)
  return {
    ...queue,
    users: prepareUsers(database),
    gateways: prepareGateways(database, connection),
    certificates: prepareCertificates(database),
    site: prepareSite(database),
    audit: prepareAudit(database),
    figures: prepareFigures(database),
    access: prepareAccess(database, members),
    hosts: prepareHosts(database),
    sessions: prepareSessions(database),
    traffic: prepareTraffic(database),
    tokens,
    groups: prepareGroups(database),
    members,
    rules: prepareRules(database, connection),
    policyTests: preparePolicyTests(database),
    tokenUses: createTokenUses(queue, tokens),
    close: () => {
      connection.close()
    },
  }
}

import type { Logger } from 'pino'
import type { Authority } from './ca/authority.ts'
import type { Vault } from './ca/vault.ts'
import type { Config } from './config.ts'
import type { Secret } from './domain/secret.ts'
import type { Feed } from './feed/feed.ts'
import type { Layout } from './publish/layout.ts'
import type { Publisher } from './publish/publisher.ts'
import type { Store } from './store/store.ts'

/** What every operation needs: made once when the service starts, and once for each test. */
export type Unit = {
  readonly config: Config
  readonly layout: Layout
  readonly store: Store
  readonly authority: Authority
  readonly vault: Vault
  readonly publisher: Publisher
  /** What agents are told, and what they and others are doing, in memory. */
  readonly feed: Feed
  /** The name in the server's certificate, which every profile verifies. */
  readonly serverName: string
  /** The server's own tls-crypt-v2 key, PEM, from which each gateway's is made. */
  readonly tlsCryptKey: Secret
  readonly adminToken: Secret
  /** Why the agents' socket is not there, when it could not be made. */
  readonly agentSocket: { fault: string | undefined }
  readonly startedAt: Date
  readonly now: () => Date
  readonly log: Logger
}

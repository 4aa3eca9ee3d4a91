import type { Logger } from 'pino'
import { openVault } from '../ca/vault.ts'
import type { Config } from '../config.ts'
import { formatPrefix } from '../domain/prefix.ts'
import { Secret } from '../domain/secret.ts'
import { createFeed } from '../feed/feed.ts'
import { foundSite } from '../provision/found-site.ts'
import { healCrl } from '../provision/heal-crl.ts'
import { notePrefix } from '../provision/note-prefix.ts'
import { renewServer } from '../provision/renew-server.ts'
import { layoutOf } from '../publish/layout.ts'
import { openPublisher } from '../publish/publisher.ts'
import { type Lock, takeLock } from '../store/lock.ts'
import { openStore, type Store } from '../store/store.ts'
import type { Unit } from '../unit.ts'
import { checkSite, defaultServerName } from './check-site.ts'
import { explainStart, prepareDataFolder } from './data-folder.ts'
import {
  openOwnAuthority,
  openServerTlsCryptKey,
  readAuthorityKey,
  readStorageKey,
  readToken,
} from './installation-keys.ts'

export type OpenUnit = { unit: Unit; close(): Promise<void> }

/**
 * Makes or opens everything in the data directory and brings the files in line with the database: a crash, a restore or
 * a long stop is healed here. Takes the directory's lock.
 * @throws StartError
 */
export async function openUnit(config: Config, log: Logger, now: () => Date): Promise<OpenUnit> {
  const layout = layoutOf(config.data)
  try {
    prepareDataFolder(layout)
    return await openLocked(takeLock(layout.lock, now()))
  } catch (error) {
    throw explainStart(error, layout)
  }

  async function openLocked(lock: Lock): Promise<OpenUnit> {
    let store: Store | undefined
    try {
      store = openStore(layout.database)
      return await openWith(store, lock)
    } catch (error) {
      store?.close()
      lock.release()
      throw error
    }
  }

  async function openWith(store: Store, held: Lock): Promise<OpenUnit> {
    const startedAt = now()
    const vault = openVault(await readStorageKey(layout, store))
    const authorityKey = await readAuthorityKey(config, layout, store, log)
    const serverName = config.serverName ?? defaultServerName(config)
    const prefix = formatPrefix(config.plan.site)
    const site = await foundSite({ store, vault, authorityKey, serverName, prefix }, startedAt)
    checkSite(config, store, site)
    const authority = openOwnAuthority(layout, authorityKey, site)
    const publisher = openPublisher({ layout, settings: config, store, authority, vault, now, report: reporter(log) })
    const unit: Unit = {
      config,
      layout,
      store,
      authority,
      vault,
      publisher,
      feed: createFeed(store.site.revision),
      serverName: site.serverName,
      tlsCryptKey: new Secret(openServerTlsCryptKey(vault, site)),
      adminToken: config.adminToken ?? new Secret(await readToken(layout)),
      agentSocket: { fault: undefined },
      startedAt,
      now,
      log,
    }
    await bringInLine(unit)
    return {
      unit,
      close: async () => {
        unit.feed.close()
        await publisher.close()
        await store.tokenUses.flush().catch((error: unknown) => {
          log.error({ err: error }, 'when tokens were last used could not be written')
        })
        store.close()
        held.release()
      },
    }
  }
}

/** What can't be written now is tried again by the publisher, and health says so: that must not keep the API away. */
async function bringInLine(unit: Unit): Promise<void> {
  for (const step of [notePrefix, healCrl, renewServer, (same: Unit) => same.publisher.publishAll()]) {
    try {
      await step(unit)
    } catch (error) {
      unit.log.error({ err: error }, 'the files could not be brought in line with the database')
    }
  }
}

function reporter(log: Logger): (fault: Error) => void {
  return (fault) => log.error({ err: fault }, 'publishing failed; it is tried again')
}

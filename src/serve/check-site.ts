import type { Config } from '../config.ts'
import { lastUser } from '../domain/plan.ts'
import { formatPrefix } from '../domain/prefix.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { StartError } from './start-error.ts'

/** Clients verify it for years, so it must be a name; an address may change with the next provider. */
export function defaultServerName({ remote }: Config): string {
  return /[a-z]/.test(remote.host) && !remote.host.includes(':') && remote.host.length <= 64 ? remote.host : 'vpnunit'
}

/**
 * Whether the settings fit what this installation already is.
 * @throws StartError
 */
export function checkSite(config: Config, store: Store, site: SiteRow): void {
  if (config.serverName !== undefined && config.serverName !== site.serverName) {
    throw new StartError(
      `VPNUNIT_SERVER_NAME is ${config.serverName}, but every profile given out so far verifies ${site.serverName}: set that, or nothing`,
    )
  }
  const { highest } = store.users.totals()
  if (highest !== null && highest > lastUser(config.plan)) {
    throw new StartError(
      `VPNUNIT_PREFIX ${formatPrefix(config.plan.site)} has numbers up to ${lastUser(config.plan)}, but a user has ${highest}: take a shorter prefix`,
    )
  }
}

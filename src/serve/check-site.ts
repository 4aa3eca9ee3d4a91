import type { Config } from '../config.ts'
import { countOf } from '../domain/count.ts'
import { lastUser } from '../domain/plan.ts'
import { formatPrefix, parsePrefix } from '../domain/prefix.ts'
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
  const gateways = store.gateways.total()
  if (highest !== null && highest > lastUser(config.plan)) {
    throw new StartError(
      `VPNUNIT_PREFIX ${formatPrefix(config.plan.site)} has numbers up to ${lastUser(config.plan)}, but a user has ${highest}: take a shorter prefix`,
    )
  }
  if (gateways > 0 && isElsewhere(config, site) && !isMeant(config, site)) {
    throw new StartError(
      `VPNUNIT_PREFIX is ${formatPrefix(config.plan.site)}, but this installation has ${countOf(gateways, 'gateway')} in ${site.prefix}: set that; or, to give all of them other addresses, VPNUNIT_RENUMBER_FROM=${site.prefix} as well`,
    )
  }
}

/** Whether the gateways would get other addresses. A prefix that is shorter or longer, and begins where it did, leaves them. */
function isElsewhere({ plan }: Config, { prefix }: SiteRow): boolean {
  return prefix !== null && parsePrefix(prefix).address !== plan.site.address
}

function isMeant({ renumberFrom }: Config, { prefix }: SiteRow): boolean {
  return renumberFrom !== undefined && formatPrefix(renumberFrom) === prefix
}

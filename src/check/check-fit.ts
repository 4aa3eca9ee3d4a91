import type { Config } from '../config.ts'
import { checkSite } from '../serve/check-site.ts'
import { StartError } from '../serve/start-error.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { type Finding, orFine, problem } from './finding.ts'

/** Whether the settings fit what the installation already is. */
export function checkFit(config: Config, store: Store, site: SiteRow): Finding[] {
  // A start stops at the first fault; without the name it goes on to the next.
  const faults = [config, { ...config, serverName: undefined }].flatMap((one) => faultOf(one, store, site))
  const findings = [...new Set(faults)].map((fault) =>
    problem('settings-do-not-fit', fault, 'the service can’t start before'),
  )
  return orFine(findings, 'fit', `the settings fit what there is: server name ${site.serverName}`)
}

function faultOf(config: Config, store: Store, site: SiteRow): string[] {
  try {
    checkSite(config, store, site)
    return []
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return [error.message]
  }
}

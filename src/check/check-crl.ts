import { existsSync, readFileSync } from 'node:fs'
import { readAuthorityCertificate } from '../ca/authority-certificate.ts'
import { type RevocationList, readRevocationList } from '../ca/revocation-list.ts'
import { forgottenBefore, formatTime, isCrlEnding } from '../domain/lifetime.ts'
import type { Layout } from '../publish/layout.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { type Finding, note, orFine, problem, reasonOf, warning } from './finding.ts'

const START = 'a start of the service makes it anew'

/** Whether the revocation list is there, of this authority, good today, and names whoever is revoked. */
export function checkCrl({ crl }: Layout, store: Store, site: SiteRow, now: Date): Finding[] {
  if (!existsSync(crl)) return [problem('crl-missing', `there is no ${crl}: OpenVPN won't start`, START)]
  let list: RevocationList
  try {
    list = readRevocationList(readFileSync(crl), site.authorityCertificate)
  } catch (error) {
    const { name } = readAuthorityCertificate(site.authorityCertificate).facts
    return [problem('crl-unusable', `${crl}: ${reasonOf(error)} (the authority is ${name})`, START)]
  }
  const right = `revocation list ${list.number} names all ${list.serials.length} that are revoked, until ${formatTime(list.nextUpdate)}`
  return orFine([...dates(list, now), ...contents(list, store, site, now)], 'crl', right)
}

function dates({ thisUpdate, nextUpdate }: RevocationList, now: Date): Finding[] {
  if (nextUpdate <= now) {
    return [
      problem('crl-ended', `the revocation list ended ${formatTime(nextUpdate)}: OpenVPN refuses everybody`, START),
    ]
  }
  if (thisUpdate > now) {
    const detail = `the revocation list begins ${formatTime(thisUpdate)}: OpenVPN refuses everybody before`
    return [problem('crl-of-the-future', detail, `set the clock, or ${START}`)]
  }
  if (!isCrlEnding({ from: thisUpdate, until: nextUpdate }, now)) return []
  const detail = `the revocation list ends ${formatTime(nextUpdate)}, and then OpenVPN refuses everybody`
  return [warning('crl-ending', detail, 'a running service makes it anew long before: see its log, or start it')]
}

function contents(list: RevocationList, store: Store, site: SiteRow, now: Date): Finding[] {
  const listed = new Set(list.serials)
  const forgotten = store.certificates.listRevoked(forgottenBefore(now)).filter(({ serial }) => !listed.has(serial))
  if (forgotten.length > 0) {
    const detail = `the revocation list does not name ${forgotten.length} revoked certificates, such as ${forgotten[0]?.serial}: they still get in`
    return [problem('crl-behind', detail, START)]
  }
  if (list.number < site.crlNumber) {
    return [
      problem('crl-behind', `the revocation list is number ${list.number}, and ${site.crlNumber} was made`, START),
    ]
  }
  if (list.number === site.crlNumber) return []
  const detail = `the revocation list is number ${list.number}, and the database is from before, ${site.crlNumber}`
  return [note('crl-ahead', detail, 'what it revokes stays revoked: the next start brings both together')]
}

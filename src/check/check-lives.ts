import { readAuthorityCertificate } from '../ca/authority-certificate.ts'
import { AUTHORITY_WARN_DAYS, daysLeft, formatTime, SERVER_RENEW_DAYS } from '../domain/lifetime.ts'
import type { SiteRow } from '../store/site.ts'
import type { Store } from '../store/store.ts'
import { type Finding, fine, problem, warning } from './finding.ts'

/** Whether the authority and the server's certificate live, and go on living for long enough to do something. */
export function checkLives(store: Store, site: SiteRow, now: Date): Finding[] {
  const authority = readAuthorityCertificate(site.authorityCertificate).facts
  return [
    lifeOf(now, {
      code: 'authority',
      what: 'the authority, and with it every certificate,',
      end: authority.notAfter,
      warnDays: AUTHORITY_WARN_DAYS,
      remedy: 'plan another authority and new profiles for every gateway',
    }),
    ...checkServerCertificate(store, now),
  ]
}

function checkServerCertificate(store: Store, now: Date): Finding[] {
  const server = store.certificates.findServer()
  const remedy = 'a running service renews it by itself: start it, or see its log; then restart OpenVPN'
  if (server === undefined) {
    return [problem('server-certificate-missing', 'the server has no certificate', 'a start of the service makes it')]
  }
  return [
    lifeOf(now, {
      code: 'server-certificate',
      what: 'the server’s certificate',
      end: server.notAfter,
      warnDays: SERVER_RENEW_DAYS,
      remedy,
    }),
  ]
}

type Life = { code: 'authority' | 'server-certificate'; what: string; end: Date; warnDays: number; remedy: string }

function lifeOf(now: Date, { code, what, end, warnDays, remedy }: Life): Finding {
  if (end <= now) return problem(`${code}-ended`, `${what} ended ${formatTime(end)}`, remedy)
  const days = daysLeft(end, now)
  if (days < warnDays) return warning(`${code}-ending`, `${what} ends ${formatTime(end)}, in ${days} days`, remedy)
  return fine(code, `${what} lives until ${formatTime(end)}`)
}

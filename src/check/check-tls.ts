import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config.ts'
import { daysLeft, formatTime } from '../domain/lifetime.ts'
import { type Finding, fine, problem, reasonOf, warning } from './finding.ts'

/** Days; who renews certificates by the month does it with more than this left. */
const WARN_DAYS = 14

/** Whether the API's own certificate and key can be used. */
export function checkTls({ tls }: Config, now: Date): Finding[] {
  if (tls === undefined) return []
  try {
    const certificate = new X509Certificate(readFileSync(tls.certificate))
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(tls.key)))) throw new Error('they are no pair')
    return [lifeOf(new Date(certificate.validTo), now)]
  } catch (error) {
    const detail = `VPNUNIT_TLS_CERT and VPNUNIT_TLS_KEY can't be used: ${reasonOf(error)}`
    return [
      problem(
        'api-certificate-unusable',
        detail,
        'the API can’t listen: put both in place, PEM, the key not encrypted',
      ),
    ]
  }
}

function lifeOf(end: Date, now: Date): Finding {
  const remedy = 'renew it; the service reads it again by itself'
  if (end <= now) return problem('api-certificate-ended', `the API’s certificate ended ${formatTime(end)}`, remedy)
  const days = daysLeft(end, now)
  if (days < WARN_DAYS) {
    return warning('api-certificate-ending', `the API’s certificate ends ${formatTime(end)}, in ${days} days`, remedy)
  }
  return fine('api-certificate', `the API’s certificate is good until ${formatTime(end)}`)
}

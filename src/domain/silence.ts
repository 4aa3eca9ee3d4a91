import { MINUTE_MS } from './lifetime.ts'

/** Agents report every ten seconds. */
const SILENT_MS = MINUTE_MS

/**
 * Whether a host has not reported for so long that somebody should look. A service that has just been started could not
 * hear it before.
 */
export function isSilent(reportedAt: Date, startedAt: Date, now: Date): boolean {
  return now.getTime() - Math.max(reportedAt.getTime(), startedAt.getTime()) > SILENT_MS
}

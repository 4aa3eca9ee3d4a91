import { parseFqdn, quote } from '../domain/names.ts'
import type { Verdict } from './authorize.ts'
import { type Host, letGo, type Place } from './host.ts'
import type { Env } from './link.ts'
import { realAddressOf } from './real-address.ts'

/** Has a client come back after three seconds, whatever its `auth-retry` says [facts 4.9]. */
const COME_AGAIN = 'TEMP[backoff 3]:the server is not ready'

/** How much of what a client said is shown: escapes are longer than what they stand for. */
const SHOWN = 80

type Refused = {
  cid: number
  kid: number
  env: Env
  commonName: string
  serial: string | null
  verdict: Verdict
}

/** Refuses a client in words, and tells the service. What the client said of itself is shown quoted, and never sent back. */
export function refuse(host: Host, place: Place, { cid, kid, env, commonName, serial, verdict }: Refused): void {
  const reason = verdict.kind === 'allow' ? 'no state yet' : verdict.reason
  const isForNow = verdict.kind !== 'deny'
  letGo(host, place.link.clientDeny({ cid, kid }, reason, isForNow ? COME_AGAIN : reason))
  const gateway = nameOf(commonName)
  const realAddress = realAddressOf(env).slice(0, SHOWN)
  host.log.info({ instance: place.number, gateway, serial, realAddress, reason }, 'refused')
  if (isForNow) return
  const at = host.now().toISOString()
  host.tell({ type: 'refused', at, instance: place.number, gateway, serial, realAddress, reason })
}

function nameOf(commonName: string): string {
  try {
    return parseFqdn(commonName)
  } catch {
    return quote(commonName).slice(0, SHOWN)
  }
}

import type { Access } from '../domain/agent-feed.ts'
import { parseFqdn } from '../domain/names.ts'

/** What the decision is made of. */
export type Known = { readonly site: object | undefined; find(name: string): Access | undefined }

/** `later`: nobody can say yet, and the client shall ask again. */
export type Verdict =
  | { kind: 'allow'; access: Access }
  | { kind: 'deny'; reason: string }
  | { kind: 'later'; reason: string }

/**
 * Whether a certificate may be used now. Name and serial decide, nothing else that a client sends: OpenVPN has checked
 * that the certificate is the authority's, and a name may be used again while trust goes by the serial.
 * @param serial null for a session that was there before anybody could see its certificate
 */
export function authorize(known: Known, commonName: string, serial: string | null | undefined): Verdict {
  if (known.site === undefined) return { kind: 'later', reason: 'no state yet' }
  const access = known.find(commonName)
  if (access === undefined) return deny(isName(commonName) ? 'no such gateway' : 'the common name is no gateway name')
  if (access.disabled) return deny('the gateway is disabled')
  if (access.userDisabled) return deny('its user is disabled')
  if (serial === undefined) return deny('the certificate has no serial')
  if (serial !== null && !access.serials.includes(serial)) return deny('the certificate is revoked or replaced')
  return { kind: 'allow', access }
}

function deny(reason: string): Verdict {
  return { kind: 'deny', reason }
}

function isName(text: string): boolean {
  try {
    parseFqdn(text)
    return true
  } catch {
    return false
  }
}

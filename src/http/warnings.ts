import { AUTHORITY_WARN_DAYS, daysLeft, formatTime, isCrlEnding, SERVER_RENEW_DAYS } from '../domain/lifetime.ts'
import { closedFolder } from '../publish/closed-folder.ts'
import type { Unit } from '../unit.ts'
import { HOST_WARNING_CODES, hostWarnings } from './host-warnings.ts'

export const WARNING_CODES = [
  'storage-failing',
  'publish-pending',
  'crl-missing',
  'crl-ending',
  'restart-openvpn',
  'server-certificate-ending',
  'authority-ending',
  'data-not-readable',
  ...HOST_WARNING_CODES,
  'agent-socket-missing',
] as const

export type Warning = { code: (typeof WARNING_CODES)[number]; detail: string }

/** What an administrator must know, each with what to do. Health shows the codes alone, because names may be in here. */
export function warningsOf(unit: Unit): Warning[] {
  const now = unit.now()
  return [
    ...fileWarnings(unit),
    ...crlWarnings(unit, now),
    ...certificateWarnings(unit, now),
    ...hostWarnings(unit, now),
    ...socketWarnings(unit),
  ]
}

function fileWarnings(unit: Unit): Warning[] {
  const warnings: Warning[] = []
  const storage = unit.store.fault()
  if (storage !== undefined)
    warnings.push({ code: 'storage-failing', detail: `The last change was not kept: ${storage}` })
  const { fault, failingSince } = unit.publisher.state()
  if (fault !== undefined) {
    const since = failingSince === undefined ? '' : `, since ${formatTime(failingSince)}`
    warnings.push({ code: 'publish-pending', detail: `Files are behind the database${since}: ${fault}` })
  }
  const closed = closedFolder(unit.layout.clients) ?? closedFolder(unit.layout.pki)
  if (closed !== undefined) {
    warnings.push({
      code: 'data-not-readable',
      detail: `OpenVPN drops its rights and then can't read the CRL and clients: others may not enter ${closed}; chmod o+x it, or move VPNUNIT_DATA`,
    })
  }
  return warnings
}

function crlWarnings(unit: Unit, now: Date): Warning[] {
  const list = unit.publisher.crl()
  if (list === undefined)
    return [{ code: 'crl-missing', detail: 'No revocation list is in place: OpenVPN won’t start' }]
  if (!isCrlEnding({ from: list.thisUpdate, until: list.nextUpdate }, now)) return []
  const detail = `The revocation list ends ${formatTime(list.nextUpdate)}, and then OpenVPN refuses everybody: see the log for why it was not made anew`
  return [{ code: 'crl-ending', detail }]
}

function certificateWarnings(unit: Unit, now: Date): Warning[] {
  const warnings: Warning[] = []
  for (const former of unit.store.certificates.listFormerServers(now)) {
    const detail = `The server has a new certificate. Restart OpenVPN before ${formatTime(former.notAfter)}: until then it serves the former one, ${former.serial}`
    warnings.push({ code: 'restart-openvpn', detail })
  }
  const server = unit.store.certificates.findServer()
  if (server !== undefined && daysLeft(server.notAfter, now) < SERVER_RENEW_DAYS) {
    const detail = `The server’s certificate ends ${formatTime(server.notAfter)}`
    warnings.push({ code: 'server-certificate-ending', detail })
  }
  const { notAfter } = unit.authority.certificate
  if (daysLeft(notAfter, now) < AUTHORITY_WARN_DAYS) {
    warnings.push({
      code: 'authority-ending',
      detail: `The authority, and with it every certificate, ends ${formatTime(notAfter)}`,
    })
  }
  return warnings
}

function socketWarnings({ agentSocket }: Unit): Warning[] {
  if (agentSocket.fault === undefined) return []
  const detail = `The agent of this host can't come in by its socket: ${agentSocket.fault}. Mend that and restart the service, or give the agent a token and VPNUNIT_API`
  return [{ code: 'agent-socket-missing', detail }]
}

import type { CertificateStatus } from '../domain/certificate.ts'
import { SECOND_MS } from '../domain/lifetime.ts'
import type { Ends } from '../store/figures.ts'
import type { Unit } from '../unit.ts'
import type { Fact } from './facts.ts'

export type DatabaseSource = {
  revision: number
  users: number
  gateways: { enabled: number; disabled: number }
  certificates: Record<CertificateStatus, number>
  serverEnd: Date | undefined
  formerServerEnd: Date | undefined
  ends: Ends
}

/** What the rows say. */
export const DATABASE_FACTS: readonly Fact<DatabaseSource>[] = [
  {
    name: 'vpnunit_revision',
    help: 'Revision of the database: it grows with every change.',
    read: ({ revision }) => revision,
  },
  { name: 'vpnunit_users', help: 'Users.', read: ({ users }) => users },
  {
    name: 'vpnunit_gateways',
    help: 'Gateways by state: enabled, or disabled by themselves or with their user.',
    label: 'state',
    read: ({ gateways }) => gateways,
  },
  {
    name: 'vpnunit_certificates',
    help: 'Certificates by status, those of the server and of removed gateways too. A superseded one is still good.',
    label: 'status',
    read: ({ certificates }) => certificates,
  },
  {
    name: 'vpnunit_server_certificate_not_after_timestamp_seconds',
    help: 'When the certificate in server.crt ends. Until OpenVPN is restarted it may be serving a former one.',
    read: ({ serverEnd }) => secondsOf(serverEnd),
  },
  {
    name: 'vpnunit_restart_openvpn_before_timestamp_seconds',
    help: 'When the server certificate that was replaced ends: an OpenVPN that still serves it must be restarted before. Absent when there is none.',
    read: ({ formerServerEnd }) => secondsOf(formerServerEnd),
  },
  {
    name: 'vpnunit_gateway_certificate_soonest_not_after_timestamp_seconds',
    help: 'When the first of the current certificates of enabled gateways ends. Absent when there is none.',
    read: ({ ends }) => secondsOf(ends.soonest),
  },
  {
    name: 'vpnunit_gateway_certificates_ending',
    help: 'Enabled gateways whose current certificate is good and ends within this time; the longer hold the shorter.',
    label: 'within',
    read: ({ ends }) => Object.fromEntries(Object.entries(ends.ending).map(([days, count]) => [`${days}d`, count])),
  },
  {
    name: 'vpnunit_gateway_certificates_ended',
    help: 'Enabled gateways whose current certificate has ended: they are locked out.',
    read: ({ ends }) => ends.ended,
  },
]

export function readDatabase({ store, now }: Unit): DatabaseSource {
  const at = now()
  return {
    revision: store.site.revision(),
    users: store.users.totals().users,
    gateways: store.figures.gateways(),
    certificates: store.figures.certificates(at),
    serverEnd: store.certificates.findServer()?.notAfter,
    formerServerEnd: earliest(store.certificates.listFormerServers(at).map(({ notAfter }) => notAfter)),
    ends: store.figures.ends(at),
  }
}

export type ServiceSource = {
  authorityEnd: Date
  crl: { number: number; thisUpdate: Date; nextUpdate: Date; serials: readonly string[] } | undefined
  publish: { pending: number; failures: number }
  storageFault: string | undefined
}

/** What the process knows of its authority, its files and its storage. */
export const SERVICE_FACTS: readonly Fact<ServiceSource>[] = [
  {
    name: 'vpnunit_authority_not_after_timestamp_seconds',
    help: 'When the authority ends, and with it every certificate.',
    read: ({ authorityEnd }) => secondsOf(authorityEnd),
  },
  {
    name: 'vpnunit_crl_this_update_timestamp_seconds',
    help: 'When the revocation list in place was made. This and the others of the list are absent when there is none.',
    read: ({ crl }) => secondsOf(crl?.thisUpdate),
  },
  {
    name: 'vpnunit_crl_next_update_timestamp_seconds',
    help: 'When the revocation list in place ends, after which OpenVPN refuses everybody.',
    read: ({ crl }) => secondsOf(crl?.nextUpdate),
  },
  { name: 'vpnunit_crl_number', help: 'Number of the revocation list in place.', read: ({ crl }) => crl?.number },
  {
    name: 'vpnunit_crl_entries',
    help: 'Serials that the revocation list in place revokes.',
    read: ({ crl }) => crl?.serials.length,
  },
  {
    name: 'vpnunit_publish_pending',
    help: 'What is in the database and not yet in the files.',
    read: ({ publish }) => publish.pending,
  },
  {
    name: 'vpnunit_publish_failures_total',
    help: 'Attempts to write the files that failed since the start.',
    read: ({ publish }) => publish.failures,
  },
  {
    name: 'vpnunit_storage_fault',
    help: 'Whether the last change could not be kept in the database.',
    read: ({ storageFault }) => Number(storageFault !== undefined),
  },
]

export function readService({ authority, publisher, store }: Unit): ServiceSource {
  return {
    authorityEnd: authority.certificate.notAfter,
    crl: publisher.crl(),
    publish: publisher.state(),
    storageFault: store.fault(),
  }
}

function earliest(times: readonly Date[]): Date | undefined {
  return times.toSorted((a, b) => a.getTime() - b.getTime()).at(0)
}

function secondsOf(time: Date | undefined): number | undefined {
  return time === undefined ? undefined : time.getTime() / SECOND_MS
}

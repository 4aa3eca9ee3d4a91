import { countOf } from '../domain/count.ts'
import type { StatusView } from '../http/status.ts'
import type { AuditView } from '../http/views.ts'
import { type Command, JSON_OPTION, numberIn, show } from './command.ts'
import { printable } from './printable.ts'
import { NOT_KNOWN } from './static-mode.ts'
import { formatFacts, formatTable } from './table.ts'

const AUDIT_LIMIT = 50

/** What concerns the service as a whole. */
export const SERVICE_COMMANDS: readonly Command[] = [
  {
    words: ['audit'],
    operands: [],
    meaning: 'list who changed what, the newest first',
    options: {
      limit: { meaning: `how many, ${AUDIT_LIMIT} when it is not given`, value: 'n' },
      after: { meaning: 'only what is older than this revision', value: 'revision' },
      json: JSON_OPTION,
    },
    examples: ['vpnunit audit', 'vpnunit audit --limit 1000 --json | jq .[].detail', 'vpnunit audit --after 4711'],
    run: async (call) => {
      const query = new URLSearchParams({ limit: String(numberIn(call, 'limit') ?? AUDIT_LIMIT) })
      const after = numberIn(call, 'after')
      if (after !== undefined) query.set('after', String(after))
      show(call, await call.api.json<AuditView[]>('GET', `/audit?${query}`), auditTable)
    },
  },
  {
    words: ['status'],
    operands: [],
    meaning: 'show how the service is, and what needs somebody',
    options: { json: JSON_OPTION },
    examples: ['vpnunit status', 'vpnunit status --json | jq .warnings'],
    run: async (call) => show(call, await call.api.json<StatusView>('GET', '/status'), statusText),
  },
]

function auditTable(entries: readonly AuditView[]): string {
  return formatTable(
    ['REVISION', 'AT', 'ACTOR', 'ACTION', 'OBJECT'],
    entries.map(({ revision, at, actor, action, object }) => [revision, at, actor, action, object]),
  )
}

function statusText(status: StatusView): string {
  const { crl, authority, server, certificates, publish, warnings } = status
  const facts = formatFacts([
    ['version', status.version],
    ['serving since', status.startedAt],
    ['mode', status.mode],
    ['site prefix', status.sitePrefix],
    ['server name', status.serverName],
    ['revision', status.revision],
    ['sessions', status.mode === 'static' ? NOT_KNOWN : status.sessions],
    ...status.hosts.map((host) => [`host ${host.name}`, hostWords(host)] as const),
    ['users', status.users],
    ['gateways', status.gateways],
    ['certificates', `${certificates.valid} valid, ${certificates.revoked} revoked`],
    ['authority ends', `${authority.notAfter} (${countOf(authority.daysLeft, 'day')})`],
    ['server ends', server && `${server.notAfter} (${countOf(server.daysLeft, 'day')})`],
    [
      'revocation list',
      crl && `number ${crl.number}, ${countOf(crl.entries, 'entry', 'entries')}, until ${crl.nextUpdate}`,
    ],
    ['files', publish.pending === 0 ? 'as the database says' : `${publish.pending} behind: ${publish.fault}`],
  ])
  return facts + warnings.map(({ code, detail }) => `\nWARNING ${code}: ${printable(detail)}\n`).join('')
}

function hostWords(host: StatusView['hosts'][number]): string {
  const { isReachable, revision, behind, sessions, routesMissing, repairs } = host
  return [
    isReachable ? 'reachable' : 'NOT REACHABLE',
    revision === null ? 'no revision' : `revision ${revision}, ${behind} behind`,
    countOf(sessions, 'session'),
    routesMissing === null ? 'routes not known' : `${countOf(routesMissing, 'route')} missing`,
    countOf(repairs ?? 0, 'repair'),
  ].join(', ')
}

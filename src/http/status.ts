import { Type } from 'typebox'
import { daysLeft, formatTime } from '../domain/lifetime.ts'
import { formatPrefix } from '../domain/prefix.ts'
import type { Unit } from '../unit.ts'
import { VERSION } from '../version.ts'
import { type Api, refusals } from './api.ts'
import { HOSTS_STATUS, hostsStatusOf } from './host-status.ts'
import { DefaultName } from './policy-schemas.ts'
import { KeyTypeName, oneOf, Serial, Time } from './schemas.ts'
import { WARNING_CODES, warningsOf } from './warnings.ts'

const strict = { additionalProperties: false }

const Lifetime = { serial: Serial, notAfter: Time, daysLeft: Type.Integer(), keyType: KeyTypeName }

const Status = Type.Object(
  {
    version: Type.String(),
    startedAt: Time,
    revision: Type.Integer({ description: 'Grows with every change' }),
    sitePrefix: Type.String(),
    serverName: Type.String(),
    users: Type.Integer(),
    gateways: Type.Integer(),
    certificates: Type.Object({ valid: Type.Integer(), revoked: Type.Integer() }, strict),
    authority: Type.Object(Lifetime, strict),
    server: Type.Union([Type.Object(Lifetime, strict), Type.Null()]),
    crl: Type.Union([
      Type.Object({ number: Type.Integer(), entries: Type.Integer(), thisUpdate: Time, nextUpdate: Time }, strict),
      Type.Null(),
    ]),
    publish: Type.Object(
      {
        pending: Type.Integer({ description: 'What is in the database and not yet in the files' }),
        failures: Type.Integer({ description: 'Attempts that failed since the start' }),
        fault: Type.Union([Type.String(), Type.Null()]),
        failingSince: Type.Union([Time, Type.Null()]),
      },
      strict,
    ),
    policy: Type.Object(
      {
        default: DefaultName,
        groups: Type.Integer(),
        rules: Type.Integer({ description: 'Of all groups' }),
        tests: Type.Integer(),
      },
      strict,
    ),
    ...HOSTS_STATUS,
    warnings: Type.Array(Type.Object({ code: oneOf(WARNING_CODES), detail: Type.String() }, strict)),
  },
  strict,
)

/** The full account of the service. */
export function statusRoute(api: Api, unit: Unit): void {
  api.get(
    '/status',
    {
      schema: {
        tags: ['service'],
        summary: 'The full account of the service',
        response: {
          200: { description: 'The account', content: { 'application/json': { schema: Status } } },
          ...refusals,
        },
      },
    },
    (_, reply) => reply.send(statusOf(unit)),
  )
}

function statusOf(unit: Unit) {
  const now = unit.now()
  const { store } = unit
  const server = store.certificates.findServer()
  return {
    version: VERSION,
    startedAt: formatTime(unit.startedAt),
    revision: store.site.revision(),
    sitePrefix: formatPrefix(unit.config.plan.site),
    serverName: unit.serverName,
    users: store.users.totals().users,
    gateways: store.gateways.total(),
    certificates: store.certificates.totals(now),
    authority: lifetimeOf(unit.authority.certificate, now),
    server: server === undefined ? null : lifetimeOf(server, now),
    crl: crlOf(unit),
    publish: publishOf(unit),
    policy: policyOf(unit),
    ...hostsStatusOf(unit),
    warnings: warningsOf(unit),
  }
}

function policyOf({ store }: Unit) {
  return { default: store.site.defaultPolicy(), ...store.groups.totals(), tests: store.policyTests.list().length }
}

function lifetimeOf(certificate: { serial: string; notAfter: Date; keyType: string }, now: Date) {
  const { serial, notAfter, keyType } = certificate
  return { serial, notAfter: formatTime(notAfter), daysLeft: daysLeft(notAfter, now), keyType }
}

function crlOf(unit: Unit) {
  const list = unit.publisher.crl()
  if (list === undefined) return null
  const { number, thisUpdate, nextUpdate, serials } = list
  return { number, entries: serials.length, thisUpdate: formatTime(thisUpdate), nextUpdate: formatTime(nextUpdate) }
}

function publishOf(unit: Unit) {
  const { pending, failures, fault, failingSince } = unit.publisher.state()
  return {
    pending,
    failures,
    fault: fault ?? null,
    failingSince: failingSince === undefined ? null : formatTime(failingSince),
  }
}

/** What /status answers. */
export type StatusView = ReturnType<typeof statusOf>

import type { KeyType } from '../domain/key-type.ts'
import type { Fqdn, UserName } from '../domain/names.ts'
import { bound } from './bound.ts'
import type { Connection, Database } from './database.ts'
import { and, asc, eq, gt, isNull, lt, sql } from './drizzle.ts'
import { certificates } from './schema/certificates.ts'
import { gateways, users } from './schema/gateways.ts'
import { toDate } from './seconds.ts'

/** A gateway in a list, with its user and its current certificate, which it always has. */
export type ListedGateway = {
  id: number
  name: Fqdn
  user: UserName
  number: number
  slot: number
  disabled: boolean
  userDisabled: boolean
  createdAt: Date
  serial: string
  notBefore: Date
  notAfter: Date
  keyType: KeyType
  supersededAt: Date | null
  revokedAt: Date | null
}

/** A gateway on its own. `hasFormer`: it had other certificates, some of which may still be good. */
export type GatewayRow = ListedGateway & { hasFormer: boolean }

/** Which gateways to list: those after a name, at most so many, of one user, with a certificate that ends before a time. */
export type GatewayFilter = { after: string; limit: number; userNumber?: number; before?: Date }

const row = {
  id: gateways.id,
  name: gateways.name,
  user: users.name,
  number: gateways.userNumber,
  slot: gateways.slot,
  disabled: gateways.disabled,
  userDisabled: users.disabled,
  createdAt: gateways.createdAt,
  serial: certificates.serial,
  notBefore: certificates.notBefore,
  notAfter: certificates.notAfter,
  keyType: certificates.keyType,
  revokedAt: certificates.revokedAt,
}

/** The values of `row`, in its order, as SQLite has them. */
type RawRow = [
  id: number,
  name: Fqdn,
  user: UserName,
  number: number,
  slot: number,
  disabled: number,
  userDisabled: number,
  createdAt: number,
  serial: string,
  notBefore: number,
  notAfter: number,
  keyType: KeyType,
  revokedAt: number | null,
]

function toGateway(raw: [...RawRow, ...number[]]): ListedGateway {
  const [id, name, user, number, slot, disabled, userDisabled, createdAt] = raw
  const [, , , , , , , , serial, notBefore, notAfter, keyType, revokedAt] = raw
  return {
    id,
    name,
    user,
    number,
    slot,
    disabled: disabled !== 0,
    userDisabled: userDisabled !== 0,
    createdAt: toDate(createdAt),
    serial,
    notBefore: toDate(notBefore),
    notAfter: toDate(notAfter),
    keyType,
    // What is current is not superseded.
    supersededAt: null,
    revokedAt: revokedAt === null ? null : toDate(revokedAt),
  }
}

const isCurrent = and(eq(certificates.gatewayId, gateways.id), isNull(certificates.supersededAt))

const hasFormer = sql<number>`exists (select 1 from ${certificates} as former
  where former.gateway_id = ${gateways.id} and former.superseded_at is not null)`

/** Reads gateways. drizzle's own mapping takes longer than SQLite's whole answer, and so stands aside here. */
export function prepareGatewayRows(database: Database, connection: Connection) {
  const joined = <More extends object>(more: More) =>
    database
      .select({ ...row, ...more })
      .from(gateways)
      .innerJoin(users, eq(users.number, gateways.userNumber))
      .innerJoin(certificates, isCurrent)
  const one = joined({ hasFormer })
    .where(eq(gateways.name, bound('name')))
    .toSQL()
  const find = connection.prepare<[string], [...RawRow, number]>(one.sql).raw()

  return {
    find: (name: Fqdn): GatewayRow | undefined => {
      const raw = find.get(name)
      return raw && Object.assign(toGateway(raw), { hasFormer: raw.at(-1) !== 0 })
    },
    /** In the order of their names; `before` keeps those whose certificate ends before that time. */
    list: (filter: GatewayFilter): ListedGateway[] => {
      const query = joined({})
        .where(
          and(
            gt(gateways.name, filter.after as Fqdn),
            filter.userNumber === undefined ? undefined : eq(gateways.userNumber, filter.userNumber),
            filter.before === undefined ? undefined : lt(certificates.notAfter, filter.before),
          ),
        )
        .orderBy(asc(gateways.name))
        .limit(filter.limit)
        .toSQL()
      const rows = connection
        .prepare(query.sql)
        .raw()
        .all(...query.params) as RawRow[]
      return rows.map(toGateway)
    },
  }
}

import type { Access } from '../domain/agent-feed.ts'
import type { Fqdn, GroupName } from '../domain/names.ts'
import type { Database } from './database.ts'
import { and, asc, eq, gt, isNotNull, isNull, sql } from './drizzle.ts'
import type { MemberQueries } from './group-members.ts'
import { certificates } from './schema/certificates.ts'
import { gateways, users } from './schema/gateways.ts'
import { toSeconds } from './seconds.ts'

export type AccessQueries = ReturnType<typeof prepareAccess>

type Serial = { gatewayId: number | null; serial: string; retireOnUse: boolean }
type GatewayAccess = Omit<Access, 'serials' | 'retiring' | 'groups'> & { id: number }

/** Who is in which groups, as the table of members says. */
type Groups = Pick<MemberQueries, 'groupsOf' | 'groupsOfAll'>

const columns = {
  id: gateways.id,
  name: gateways.name,
  user: users.name,
  number: gateways.userNumber,
  slot: gateways.slot,
  disabled: gateways.disabled,
  userDisabled: users.disabled,
}

/** Who may connect, over the tables `gateways`, `users` and `certificates`. */
export function prepareAccess(database: Database, members: Groups) {
  const from = () =>
    database.select(columns).from(gateways).innerJoin(users, eq(users.number, gateways.userNumber)).$dynamic()
  const one = from()
    .where(eq(gateways.name, sql.placeholder('name')))
    .prepare()
  const all = from().orderBy(asc(gateways.id)).prepare()
  const isGood = and(isNull(certificates.revokedAt), gt(certificates.notAfter, sql.placeholder('now')))
  const serials = () =>
    database
      .select({
        gatewayId: certificates.gatewayId,
        serial: certificates.serial,
        retireOnUse: certificates.retireOnUse,
      })
      .from(certificates)
      .$dynamic()
  const ofAll = serials()
    .where(and(isNotNull(certificates.gatewayId), isGood))
    .prepare()
  const ofOne = serials()
    .where(and(eq(certificates.gatewayId, sql.placeholder('gatewayId')), isGood))
    .prepare()

  return {
    /** Of one gateway, or undefined when there is none of that name. */
    find: (name: Fqdn, now: Date): Access | undefined => {
      const gateway = one.get({ name })
      return (
        gateway && accessOf(gateway, ofOne.all({ gatewayId: gateway.id, now: toSeconds(now) }), members.groupsOf(name))
      )
    },
    list: (now: Date): Access[] => {
      const byGateway = Map.groupBy(ofAll.all({ now: toSeconds(now) }), ({ gatewayId }) => gatewayId)
      const groups = members.groupsOfAll()
      return all.all().map((one) => accessOf(one, byGateway.get(one.id) ?? [], groups.get(one.name) ?? []))
    },
  }
}

function accessOf({ id: _, ...gateway }: GatewayAccess, good: readonly Serial[], groups: GroupName[]): Access {
  return {
    ...gateway,
    serials: good.map(({ serial }) => serial),
    retiring: good.filter(({ retireOnUse }) => retireOnUse).map(({ serial }) => serial),
    groups,
  }
}

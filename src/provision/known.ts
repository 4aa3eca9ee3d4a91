import { type Fqdn, quote, type TokenName, type UserName } from '../domain/names.ts'
import { Problem } from '../domain/problem.ts'
import type { GatewayRow } from '../store/gateway-rows.ts'
import type { TokenRow } from '../store/tokens.ts'
import type { UserRow } from '../store/users.ts'
import type { Unit } from '../unit.ts'

/** @throws Problem user-unknown */
export function knownUser(unit: Unit, name: UserName): UserRow {
  const user = unit.store.users.find(name)
  if (user === undefined) throw new Problem('user-unknown', `There is no user ${quote(name)}.`, { user: name })
  return user
}

/** @throws Problem gateway-unknown */
export function knownGateway(unit: Unit, name: Fqdn): GatewayRow {
  const gateway = unit.store.gateways.find(name)
  if (gateway === undefined) {
    throw new Problem('gateway-unknown', `There is no gateway ${quote(name)}.`, { gateway: name })
  }
  return gateway
}

/** @throws Problem token-unknown */
export function knownToken(unit: Unit, name: TokenName): TokenRow {
  const token = unit.store.tokens.find(name)
  if (token === undefined) throw new Problem('token-unknown', `There is no token ${quote(name)}.`)
  return token
}

/** Called with the row as it is in the transaction that changes it; throws when the caller saw another. */
export type Expectation<Row> = (row: Row) => void

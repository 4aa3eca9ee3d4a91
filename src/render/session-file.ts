import { formatTime } from '../domain/lifetime.ts'
import type { Fqdn, GroupName, UserName } from '../domain/names.ts'
import { addressesOf, type Place, type Plan } from '../domain/plan.ts'

/** A session as its file tells it. */
export type ShownSession = Place & {
  readonly gateway: Fqdn
  readonly user: UserName
  readonly host: string
  readonly instance: number
  readonly realAddress: string
  readonly startedAt: Date
}

/** A session for scripts: a JSON object, a line for each member. */
export function renderSessionFile(plan: Plan, session: ShownSession, groups: readonly GroupName[]): string {
  const { gateway, user, host, instance, realAddress, startedAt } = session
  const { address, prefix } = addressesOf(plan, session)
  const shown = { gateway, user, address, prefix, host, instance, realAddress, since: formatTime(startedAt), groups }
  return `${JSON.stringify(shown, null, 2)}\n`
}

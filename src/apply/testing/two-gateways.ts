import { type GroupName, parseFqdn, parseGroupName, parseUserName } from '../../domain/names.ts'
import { planOf } from '../../domain/plan.ts'
import { type World, worldOf } from '../../domain/policy/world.ts'
import { parsePrefix } from '../../domain/prefix.ts'

export const ops = parseGroupName('ops')

/** A gateway of ada at 2001:470:c844:200::/60, in these groups, and one of bob at 2001:470:c844:300::/60, in none. */
export function twoGateways(groups: readonly GroupName[] = [ops]): World {
  const gateway = (name: string, user: string, number: number, own: readonly GroupName[]) => ({
    name: parseFqdn(name),
    user: parseUserName(user),
    number,
    slot: 0,
    groups: own,
  })
  return worldOf(planOf(parsePrefix('2001:470:c844::/48')), [
    gateway('a.ada.example.org', 'ada', 2, groups),
    gateway('b.bob.example.org', 'bob', 3, []),
  ])
}
